// A condition as text that a person reads: `status = paid AND total >= 10`.
import { type Logical, logicOf } from '../model/condition.ts'

const symbols: Readonly<Record<string, string>> = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' }

/** The condition as text. */
export function conditionText(condition: object): string {
  const logic = logicOf(condition)
  if (logic !== undefined) {
    const parts = (condition as Logical<object>).conditions.map((part) => `(${conditionText(part)})`)
    return logic === 'not' ? `NOT ${parts.join('')}` : parts.join(logic === 'and' ? ' AND ' : ' OR ')
  }
  return Object.entries(condition)
    .filter(([, test]) => test !== undefined)
    .map(([name, test]) => testText(name, test))
    .join(' AND ')
}

function testText(path: string, test: unknown): string {
  if (Array.isArray(test)) return `${path} IN (${test.map(valueText).join(', ')})`
  if (typeof test !== 'object' || test === null || Object.getPrototypeOf(test) !== Object.prototype)
    return `${path} = ${valueText(test)}`
  return Object.entries(test)
    .map(([operator, operand]) => operatorText(path, operator, operand))
    .join(' AND ')
}

function operatorText(path: string, operator: string, operand: unknown): string {
  const symbol = symbols[operator]
  if (symbol !== undefined) return `${path} ${symbol} ${valueText(operand)}`
  switch (operator) {
    case 'between':
      return `${path} BETWEEN ${[operand].flat().map(valueText).join(' AND ')}`
    case 'in':
      return `${path} IN (${[operand].flat().map(valueText).join(', ')})`
    case 'exists':
      return `${operand === true ? 'attribute_exists' : 'attribute_not_exists'}(${path})`
    case 'beginsWith':
      return `begins_with(${path}, ${valueText(operand)})`
    case 'contains':
      return `contains(${path}, ${valueText(operand)})`
    case 'type':
      return `attribute_type(${path}, ${valueText(operand)})`
    case 'size':
      return testText(`size(${path})`, operand)
    default:
      return testText(`${path}.${operator}`, operand)
  }
}

function valueText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value)
}
