// What can be wrong with the condition of a pattern: attributes and tests that do not exist, at any depth, and values of another type.
import { isPlainObject } from '../plain-object.ts'
import type { AttributeDefinition } from '../schema/attribute.ts'
import { compileCodec } from '../schema/codec.ts'
import { type Logical, logicOf } from './condition.ts'
import { messageOf, objectOf } from './options.ts'
import { type Problems, suggestion } from './problems.ts'
import type { ResolvedAttribute, ResolvedEntity, ResolvedWhen } from './resolved.ts'

const comparators = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte']
const operators = [...comparators, 'between', 'in', 'beginsWith', 'contains', 'exists', 'size', 'type']

/** Reports what is wrong with a condition on an entity's items. */
export function checkCondition(condition: unknown, entity: ResolvedEntity, place: string, problems: Problems): void {
  const logic = isPlainObject(condition) ? logicOf(condition) : undefined
  if (logic !== undefined) {
    const { conditions } = condition as unknown as Logical
    if (conditions.length === 0)
      problems.add('empty-condition', place, `${logic}() joins nothing.`, 'Give it conditions, or leave it out.')
    for (const part of conditions) checkCondition(part, entity, place, problems)
    return
  }
  const object = objectOf(condition, place, "tests by attribute, such as { status: 'open' }", problems)
  if (object === undefined) return
  reportEmpty(object, place, problems)
  for (const [name, test] of Object.entries(object)) {
    const attribute = entity.attributes[name]
    if (entity.context.includes(name))
      problems.add(
        'from-context',
        `${place}.${name}`,
        `${name} comes from the connection: each item that is read has it.`,
        'Leave it out.',
      )
    else if (attribute !== undefined) checkTest(test, attribute.definition, `${place}.${name}`, problems)
    else
      problems.add(
        'unknown-attribute',
        place,
        `${name} is not an attribute of ${entity.name}.`,
        suggestion(name, Object.keys(entity.attributes)),
      )
  }
}

/** A condition that tests nothing lets everything through, which nobody writes it for. */
function reportEmpty(tests: object, place: string, problems: Problems): void {
  if (Object.values(tests).every((test) => test === undefined))
    problems.add('empty-condition', place, 'it tests nothing, and so lets every item through.', 'Leave it out.')
}

function checkTest(test: unknown, definition: AttributeDefinition, place: string, problems: Problems): void {
  const { attributes = {}, element, type } = definition
  if (test === undefined) return
  if (!isPlainObject(test)) {
    const several = Array.isArray(test) && type !== 'list' && type !== 'any' && type !== 'json'
    checkOperand(several ? 'in' : 'eq', test, definition, place, problems)
    return
  }
  reportEmpty(test, place, problems)
  for (const [name, operand] of Object.entries(test)) {
    const nested = Object.hasOwn(attributes, name) ? attributes[name] : undefined
    if (nested !== undefined) checkTest(operand, nested, `${place}.${name}`, problems)
    else if (operators.includes(name)) checkOperand(name, operand, definition, `${place}.${name}`, problems)
    else if (type === 'record' && element !== undefined) checkTest(operand, element, `${place}.${name}`, problems)
    else if (definition.attributes !== undefined)
      problems.add('unknown-attribute', place, `${name} is no attribute in there.`, suggestion(name, Object.keys(attributes)))
    else problems.add('unknown-operator', place, `${name} is not a test.`, suggestion(name, operators))
  }
}

/** Values that an attribute is compared with must be of its type; what only the request can tell is told by the request. */
function checkOperand(
  operator: string,
  operand: unknown,
  definition: AttributeDefinition,
  place: string,
  problems: Problems,
): void {
  const listed = operator === 'in' || operator === 'between'
  if (operand === undefined || !(comparators.includes(operator) || listed)) return
  const { min, max, pattern, integer, ...others } = definition
  try {
    if (listed && !(Array.isArray(operand) && operand.length > 0)) throw new TypeError(`${operator} takes a list of values.`)
    const codec = compileCodec({ ...others, checks: [] })
    for (const value of listed ? (operand as readonly unknown[]) : [operand]) codec.encode(value, '')
  } catch (error) {
    problems.add('bad-value', place, messageOf(error), `Compare it with what a ${definition.type} can be.`)
  }
}

/** The attributes for which a condition asks for values that the predicate of a sparse index keeps out of it. */
export function excludedBy(
  { tests: predicate }: ResolvedWhen,
  condition: object,
  attributes: Readonly<Record<string, ResolvedAttribute>>,
): string[] {
  if (logicOf(condition) !== undefined) return []
  return Object.entries(condition).flatMap(([name, test]) => {
    const [holds, definition] = [predicate[name], attributes[name]?.definition]
    const values = wantedValues(test)
    if (holds === undefined || definition === undefined || values === undefined || values.length === 0) return []
    const codec = compileCodec({ ...definition, checks: [] })
    try {
      return values.some((value) => holds(codec.encode(value, name))) ? [] : [name]
    } catch {
      // A value that does not fit is refused when the pattern is called.
      return []
    }
  })
}

/** The only values that a test lets through, where it names them. */
function wantedValues(test: unknown): readonly unknown[] | undefined {
  if (Array.isArray(test)) return test
  if (!isPlainObject(test)) return test === undefined ? undefined : [test]
  if ('eq' in test) return [test.eq]
  return Array.isArray(test.in) ? test.in : undefined
}
