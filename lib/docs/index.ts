// The entry point `singlet/docs`: documentation from a model.

export type { DocumentedModel } from './any-model.ts'
export type { AttributeDocumentation, ValueDocumentation } from './attribute-documentation.ts'
export type {
  EntityDocumentation,
  IndexKeyDocumentation,
  KeyDocumentation,
  KeyPartDocumentation,
  UniqueDocumentation,
} from './entity-documentation.ts'
export type { ExampleItem } from './example-items.ts'
export { type Difference, firstDifference } from './first-difference.ts'
export { type MarkdownOptions, renderMarkdown } from './markdown.ts'
export { type DescribeOptions, describeModel, type ModelDocumentation } from './model-documentation.ts'
export type { AnswerDocumentation, CallDocumentation, InputDocumentation, PatternDocumentation } from './pattern-documentation.ts'
export { collectSamples, type SampleOptions, type Samples } from './samples.ts'
export type { IndexDocumentation, TableDocumentation } from './table-documentation.ts'
export type { TransactionCallDocumentation, TransactionDocumentation } from './transaction-documentation.ts'
