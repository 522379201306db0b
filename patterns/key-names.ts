// The attributes that an entity's primary key is made of.
import type { AnyEntity } from '../lib/index.ts'

/** Their names, as they come in the templates. A shard's number is none. */
export function keyNames({ key, attributes }: AnyEntity): string[] {
  const written = [key.pk, key.sk ?? ''].flatMap((template) => [...template.matchAll(/\{([^}:]+)/g)].map(([, name = '']) => name))
  return [...new Set(written)].filter((name) => Object.hasOwn(attributes, name))
}
