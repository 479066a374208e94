// For each line on standard input, encodes the file named as the argument and
// answers with the time it took; the first time with the ids, too.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { encode } from 'gpt-tokenizer/encoding/r50k_base'

const text = readFileSync(process.argv[2], 'utf8')
let first = true
for await (const _ of createInterface({ input: process.stdin })) {
  const start = performance.now()
  const ids = encode(text)
  const milliseconds = performance.now() - start
  console.log(JSON.stringify(first ? { milliseconds, ids } : { milliseconds }))
  first = false
}
