// Counts the words of one chunk of a text. Chunks end at line ends, so that no word is in two.
//
// A word is a run of letters, with apostrophes inside ("we'll"); case does not matter. Counts come
// in alphabetical order, so that every machine writes the same answer.

const WORD = /[a-z]+(?:'[a-z]+)*/g;

export default function textStats(text) {
  const counts = new Map();
  let words = 0;
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    words++;
  }
  return {
    lines: countOf(text, '\n'),
    characters: text.length,
    words,
    counts: [...counts].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

function countOf(text, character) {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count++;
  return count;
}
