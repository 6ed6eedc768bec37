import { type Micro, toFen } from './money.ts';

const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const PLACES = ['', '拾', '佰', '仟'];
const GROUPS = ['', '万', '亿', '万亿'];

/**
 * An amount in Chinese capitals, as documents write it (正确填写票据和结算凭证的基本规定): 1234.05 yuan is
 * 壹仟贰佰叁拾肆元零伍分. Throws MoneyError for what isn't whole fen.
 */
export function amountCapitals(micro: Micro): string {
  const fen = toFen(micro < 0n ? -micro : micro);
  const yuan = fen / 100n;
  const [jiao, cents] = [(fen / 10n) % 10n, fen % 10n].map(
    (digit) => DIGITS['0123456789'.indexOf(String(digit))],
  );
  let text = yuan > 0n ? `${integerCapitals(yuan)}元` : '';
  if (jiao !== '零') text += `${jiao}角`;
  else if (cents !== '零' && yuan > 0n) text += '零';
  text += cents !== '零' ? `${cents}分` : fen > 0n ? '整' : '零元整';
  return `${micro < 0n ? '负' : ''}${text}`;
}

/** Groups of four digits; one 零 stands for any run of zeros inside, none at the end. */
function integerCapitals(value: bigint): string {
  const groups: number[] = [];
  for (let rest = value; rest > 0n; rest /= 10_000n) groups.push(Number(rest % 10_000n));
  let text = '';
  let gap = false;
  for (let i = groups.length - 1; i >= 0; i--) {
    const group = groups[i]!;
    if (group === 0) {
      gap = text !== '';
      continue;
    }
    if (text !== '' && (gap || group < 1_000)) text += '零';
    text += groupCapitals(group) + GROUPS[i];
    gap = false;
  }
  return text;
}

function groupCapitals(group: number): string {
  let text = '';
  let zero = false;
  for (let place = 3; place >= 0; place--) {
    const digit = Math.floor(group / 10 ** place) % 10;
    if (digit === 0) {
      zero = text !== '';
      continue;
    }
    if (zero) text += '零';
    text += DIGITS[digit]! + PLACES[place]!;
    zero = false;
  }
  return text;
}
