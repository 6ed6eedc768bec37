/**
 * Words that pass for others: letters of Latin, Greek and Cyrillic look alike, and a word that mixes them is no word of
 * any language (UTS 39 §5.2 "highly restrictive", within a word, since names may well stand in two languages).
 */
const ALIKE = [
  /\p{Script=Latin}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/** Letters in another dress (ｂａｎｋ, 𝐛𝐚𝐧𝐤, ⓑⓐⓝⓚ): their compatibility form differs, and is plain ASCII. */
function dressed(word: string): boolean {
  const plain = word.normalize('NFKC');
  const latin = /^[\x21-\x7e]+$/.test(plain) && /[A-Za-z]/.test(plain);
  return plain !== word && [...word].length > 1 && latin;
}

/** Whether a word of the text could be taken for another one. */
export function looksAlike(text: string): boolean {
  return text.split(/[^\p{L}\p{M}\p{N}\p{So}]+/u).some((word) => {
    const scripts = ALIKE.filter((script) => script.test(word));
    return scripts.length > 1 || dressed(word);
  });
}
