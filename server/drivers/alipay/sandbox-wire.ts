import { createSign, createVerify } from 'node:crypto';

/** The gateway's side of RSA2, written from the specification and not from the SDK that it checks. */

export type Fields = Record<string, string>;

export const BUYER_ID = '2088000000000001';

/** The gateway's public codes (公共错误码): 40001 missing, 40002 invalid, 40004 business failure. */
export function refusal(code: '40001' | '40002' | '40004', subCode: string, subMessage: string): Fields {
  const msg = {
    '40001': 'Missing Required Arguments',
    '40002': 'Invalid Arguments',
    '40004': 'Business Failed',
  }[code];
  return { code, msg, sub_code: subCode, sub_msg: subMessage };
}

/** `name=value` sorted by name, joined by `&`, without empty values and the named fields. */
function signedText(fields: Fields, without: string[]): string {
  return Object.keys(fields)
    .filter((name) => !without.includes(name) && fields[name] !== '')
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
}

export function rsa2(text: string, privateKey: string): string {
  return createSign('RSA-SHA256').update(text, 'utf8').sign(privateKey, 'base64');
}

/** A request's signature covers everything but `sign`. */
export function requestHolds(fields: Fields, publicKey: string): boolean {
  const verifier = createVerify('RSA-SHA256').update(signedText(fields, ['sign']), 'utf8');
  return verifier.verify(publicKey, fields.sign ?? '', 'base64');
}

/** Notifications and return URLs: neither `sign` nor `sign_type` is covered. */
export function signedFields(fields: Fields, privateKey: string): Fields {
  const text = signedText(fields, ['sign', 'sign_type']);
  return { ...fields, sign_type: 'RSA2', sign: rsa2(text, privateKey) };
}

/** `{"alipay_trade_query_response":{…},"sign":"…"}`; slashes escaped, as the real gateway writes them. */
export function signedAnswer(method: string, answer: Fields, privateKey: string): string {
  const content = JSON.stringify(answer).replaceAll('/', '\\/');
  const member = method ? `${method.replaceAll('.', '_')}_response` : 'error_response';
  return `{"${member}":${content},"sign":"${rsa2(content, privateKey)}"}`;
}

/** Null when a name occurs twice: which of the two was meant can't be known. */
export function readForm(...texts: string[]): Fields | null {
  const fields: Fields = Object.create(null) as Fields;
  for (const text of texts) {
    for (const [name, value] of new URLSearchParams(text)) {
      if (name in fields) return null;
      fields[name] = value;
    }
  }
  return fields;
}
