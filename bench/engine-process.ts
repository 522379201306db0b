// An engine in a process of its own, as `bench/local-engine.ts` starts it: says where it listens and, when asked, what CPU it has used.
import { startLocal } from '../lib/local/index.ts'
import { startDynalite } from './dynalite.ts'

const { endpoint } = process.argv[2] === 'dynalite' ? await startDynalite() : await startLocal()
process.on('message', () => process.send?.(process.cpuUsage()))
process.on('disconnect', () => process.exit())
process.send?.(endpoint)
