// Sign-in sessions, which DynamoDB deletes some time after they expire, and which Singlet stops returning at once.
import { datetime, defineEntity, expiresAt, string, uuid } from '../../lib/index.ts'
import { customerReference, exampleIds } from './attributes.ts'

export const Session = defineEntity('Session', {
  description:
    'One signed-in device. Found by its token on every request, so its partition is its own and no index is on that path.',
  attributes: {
    sessionId: uuid().describe('The token in the cookie').example(exampleIds.session),
    customerId: customerReference(),
    device: string({ max: 120 }).describe('As the customer should recognise it').example('Firefox on Fedora'),
    ipAddress: string({ max: 45 }).example('198.51.100.24'),
    startedAt: datetime().default('now').readOnly().example(new Date('2030-03-12T09:10:04Z')),
    expiresAt: expiresAt().describe('Thirty days after the start').example(new Date('2030-04-11T09:10:04Z')),
  },
  key: { pk: 'SESSION#{sessionId}', sk: 'SESSION#{sessionId}' },
  indexes: {
    GSI1: { pk: 'SESSIONS#{customerId}', sk: '{startedAt}' },
  },
})
