// The attributes that an entity's primary key is made of.
import type { AnyEntity } from '../lib/index.ts'

export function keyNames({ key }: AnyEntity): string[] {
  return [key.pk, key.sk ?? ''].flatMap((template) => [...template.matchAll(/\{([^}:]+)/g)].map(([, name = '']) => name))
}
