// A table that tenants share, with all that touches keys: indexes, an inverted one, shards, unique values, versions, a transaction.
import {
  add,
  createdAt,
  defineEntity,
  defineModel,
  defineTable,
  fromContext,
  get,
  inverted,
  itemCollection,
  many,
  number,
  one,
  oneOf,
  query,
  string,
  transaction,
  version,
} from '../../lib/index.ts'

const attributes = { tenantId: fromContext(), project: string() }

export function tenantModel(keyEncoding: 'escaped' | 'verbatim' = 'escaped') {
  const table = defineTable({
    name: 'shared',
    partitionKey: 'PK',
    sortKey: 'SK',
    indexes: {
      GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
      Keys: { partitionKey: 'KeysPK', sortKey: 'KeysSK', projection: 'KEYS_ONLY' },
      Inverted: { partitionKey: 'SK', sortKey: 'PK' },
    },
    tenant: 'tenantId',
    keyEncoding,
  })
  const Project = defineEntity('Project', {
    attributes: { ...attributes, name: string(), tasks: number().default(0), madeAt: createdAt() },
    key: { pk: 'T#{tenantId}#P#{project}', sk: 'T#{tenantId}#PROJECT' },
  })
  const Task = defineEntity('Task', {
    attributes: {
      ...attributes,
      taskId: string(),
      title: string(),
      state: oneOf('open', 'done').default('open'),
      points: number().default(0),
      revision: version(),
    },
    key: { pk: 'T#{tenantId}#P#{project}', sk: 'T#{tenantId}#TASK#{taskId}' },
    indexes: {
      GSI1: { pk: 'T#{tenantId}#{state}', sk: '{title}#{taskId}', shards: { count: 3 } },
      Keys: { pk: 'T#{tenantId}', sk: '{title}', when: { state: 'open' } },
      Inverted: inverted(),
    },
    unique: { title: 'T#{tenantId}#TITLE#{title}' },
  })
  const accessPatterns = {
    task: get(Task),
    tasks: query(Task),
    byState: query(Task).index('GSI1'),
    open: query(Task).index('Keys').hydrate(),
    byId: query(Task).index('Inverted'),
    project: itemCollection({ project: one(Project), tasks: many(Task) }),
    addTask: transaction(
      { Project, Task },
      { project: string(), taskId: string(), title: string() },
      ({ project, taskId, title }, entities) => [
        entities.Task.create({ project, taskId, title }),
        entities.Project.update({ project }, { tasks: add(1) }),
      ],
    ),
  }
  return defineModel({ table, entities: { Project, Task }, accessPatterns })
}

export type TenantModel = ReturnType<typeof tenantModel>
