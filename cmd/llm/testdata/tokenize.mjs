// Encodes texts by a tokenizer.json, with Hugging Face's own library.
//
//     node tokenize.mjs FOLDER < question > answer
//
// FOLDER is where npm has put the package tokenizers. The question is
// {"file": ..., "texts": [...]}, the answer {"ids": [[...]], "texts": [...]}, with
// what the ids are decoded to.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const { Tokenizer } = createRequire(resolve(process.argv[2], 'x.js'))('tokenizers')
const { file, texts } = JSON.parse(readFileSync(0, 'utf8'))
const tokenizer = Tokenizer.fromFile(file)
const answer = { ids: [], texts: [] }
for (const text of texts) {
  const ids = (await tokenizer.encode(text)).getIds()
  answer.ids.push(ids)
  answer.texts.push(await tokenizer.decode(ids, false))
}
console.log(JSON.stringify(answer))
