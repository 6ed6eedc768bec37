import type { Field, Paper, PaperBlock } from '#kernel/paper.ts';
import { day, inWords, sellerFields, sheet, yuan } from '#modules/invoicing/index.ts';
import type { TermsDocument } from '#modules/terms/index.ts';
import type { ContractFacts } from './tables.ts';

/** The contract as both parties get it, in Chinese, which is the text that binds; with the terms in full as its annex. */
export function contractPaper(
  contract: { number: string; facts: ContractFacts; sealedAt: Date },
  terms: TermsDocument,
): Paper {
  const { facts, number, sealedAt } = contract;
  const { seller, customer, order } = facts;
  const name = { zh: '云服务合同', en: 'Cloud service contract' };
  const who = seller.legal?.name.zh ?? seller.brand.zh;
  const amount = BigInt(order.amount);
  const at = (text: string) => day(new Date(text), seller);
  const clause = (place: string, title: string, text: string): PaperBlock => ({
    kind: 'clause',
    number: place,
    title,
    text,
  });
  return {
    ...sheet(seller, 'zh', { name, number, date: sealedAt }),
    signature: { name: who, reason: `${name.zh} ${number}` },
    blocks: [
      {
        kind: 'parties',
        left: { title: '甲方（客户）', fields: customerFields(customer) },
        right: { title: '乙方（服务提供方）', fields: sellerFields(seller, 'zh') },
      },
      {
        kind: 'text',
        text: '甲乙双方在平等自愿的基础上，就乙方向甲方提供云服务订立本合同。订单、附件中的服务条款与本合同正文共同构成完整约定。',
      },
      { kind: 'heading', text: '一、服务与价款' },
      {
        kind: 'table',
        columns: [
          { title: '服务内容', width: 70 },
          { title: '金额（元，含税）', width: 30, align: 'right' },
        ],
        rows: order.lines.map(({ text, amount: micro }) => ({ cells: [text.zh, yuan(BigInt(micro))] })),
      },
      {
        kind: 'totals',
        rows: [
          ['其中税额', yuan(BigInt(order.tax))],
          ['合同价款', yuan(amount)],
        ],
        words: inWords(amount, 'zh'),
      },
      {
        kind: 'fields',
        fields: [
          ['订单号', order.number],
          ['服务期限', `${at(order.period_start)} 至 ${at(order.period_end)}`],
          ['付款', `甲方已于 ${at(order.paid_at)} 付清`],
        ],
      },
      { kind: 'heading', text: '二、约定' },
      clause(
        '1',
        '服务条款',
        `双方的权利义务以甲方已接受的《${terms.title.zh}》${facts.terms.version} 版为准，全文见附件。该版本内容的 SHA-256 为 ${facts.terms.sha256}。`,
      ),
      clause(
        '2',
        '接受',
        `甲方于 ${at(facts.terms.accepted_at)} 以网络点击的方式接受上述条款，接受的时间、版本和地址由乙方留存，甲方可随时在控制台查阅。`,
      ),
      clause('3', '税费与票据', '价款含税。甲方按服务条款约定申请发票。'),
      clause(
        '4',
        '签署',
        `本合同由乙方以数字证书签署（PAdES 签名），自签署之日 ${day(sealedAt, seller)} 起成立；文件的任何改动都会使签名失效，可在乙方网站验证。`,
      ),
      { kind: 'heading', text: `附件：${terms.title.zh}（${facts.terms.version} 版）` },
      ...terms.clauses.map(({ id, title, text }) => clause(id, title.zh, text.zh)),
    ],
  };
}

function customerFields({ name, tax_number, address, phone }: ContractFacts['customer']): Field[] {
  const fields: Field[] = [['名称', name]];
  if (tax_number) fields.push(['税号', tax_number]);
  if (address) fields.push(['地址', address]);
  if (phone) fields.push(['电话', phone]);
  return fields;
}
