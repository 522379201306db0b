#!/usr/bin/env node
// The `singlet` command.

import { createProgram } from './program.ts'

await createProgram().parseAsync()
