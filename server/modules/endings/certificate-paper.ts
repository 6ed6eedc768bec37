import type { Field, Paper, PaperBlock } from '#kernel/paper.ts';
import type { Locale, LocalizedText } from '#kernel/text.ts';
import { moment, sellerFields, sheet, word } from '#modules/invoicing/index.ts';
import type { CertificateFacts, Trace } from './certificate-issue.ts';

export interface Certificate {
  number: string;
  facts: CertificateFacts;
  issuedAt: Date;
}

const BY: Record<CertificateFacts['end']['by'], LocalizedText> = {
  customer: { zh: '客户终止', en: 'ended by the customer' },
  agreement: { zh: '双方协商终止', en: 'ended by agreement' },
  breach: { zh: '违约终止', en: 'ended for a breach' },
  provider: { zh: '服务方提前通知后终止', en: 'ended by the provider after notice' },
  arrears: { zh: '欠费终止', en: 'ended for arrears' },
  expiry: { zh: '到期未续费', en: 'expired and not renewed' },
};

const WHAT: Record<Trace['what'], LocalizedText> = {
  instance: { zh: '主机', en: 'Machine' },
  volume: { zh: '磁盘卷', en: 'Disk volume' },
  record: { zh: '记录', en: 'Record' },
};

/** The certificate as it is printed: what was looked for and not found, when, and on what the erasure rests. */
export function certificatePaper({ number, facts, issuedAt }: Certificate, locale: Locale): Paper {
  const t = word(locale);
  const { seller, service, seen, notices } = facts;
  const at = (text: string) => moment(new Date(text), seller);
  const clause = ({ id, version, sha256, title }: CertificateFacts['erase']['clause']): string =>
    `${id} ${title[locale]} (${version}, SHA-256 ${sha256.slice(0, 16)}…)`;
  const blocks: PaperBlock[] = [
    {
      kind: 'parties',
      left: { title: t('出具方', 'Issued by'), fields: sellerFields(seller, locale) },
      right: {
        title: t('服务', 'Service'),
        fields: [
          [t('名称', 'Name'), service.label],
          [t('编号', 'Id'), service.id],
          [t('套餐', 'Plan'), `${service.plan} · ${service.region}`],
          [t('开通', 'Since'), at(service.created_at)],
        ],
      },
    },
    ...(seen.simulated
      ? [
          {
            kind: 'banner' as const,
            text: t(
              '模拟节点：没有真实的机器和数据。',
              'A simulated node: there was no real machine and no data.',
            ),
          },
        ]
      : []),
    { kind: 'heading', text: t('终止与删除的依据', 'Why it ended and was erased') },
    { kind: 'fields', fields: grounds(facts, locale, at, clause) },
    { kind: 'heading', text: t('已确认不存在', 'Seen to be gone') },
    {
      kind: 'table',
      columns: [
        { title: t('内容', 'What'), width: 25 },
        { title: t('位置', 'Where'), width: 50 },
        { title: t('查看时间', 'Looked at'), width: 25, align: 'right' },
      ],
      rows: seen.absent.map(({ what, place }) => ({
        cells: [WHAT[what][locale], `${seen.node}: ${place}`, at(seen.at)],
      })),
    },
    { kind: 'fields', fields: seenFields(facts, locale) },
    {
      kind: 'text',
      small: true,
      text: t(
        `以上由系统在 ${seen.product ?? seen.node} 上逐项查询得出，不是根据删除指令推定。平台不为实例另做备份或快照。`,
        `Each of these was looked for on ${seen.product ?? seen.node} and not found; nothing is concluded from an order to delete. The platform keeps no backups or snapshots of instances.`,
      ),
    },
    { kind: 'heading', text: t('此前的通知', 'What was told before') },
    notices.length === 0
      ? { kind: 'text', text: t('没有。', 'Nothing.') }
      : {
          kind: 'table',
          columns: [
            { title: t('通知', 'Notice'), width: 50 },
            { title: t('时间', 'At'), width: 22 },
            { title: t('结果', 'What came of it'), width: 28 },
          ],
          rows: notices.map((notice) => ({
            cells: [notice.subject, at(notice.at), notice.ways.join('; ')],
          })),
        },
  ];
  const name = { zh: '数据删除证明', en: 'Certificate of erasure' };
  return { ...sheet(seller, locale, { name, number, date: issuedAt }), blocks };
}

function grounds(
  { end, erase }: CertificateFacts,
  locale: Locale,
  at: (text: string) => string,
  clause: (of: CertificateFacts['erase']['clause']) => string,
): Field[] {
  const t = word(locale);
  const fields: Field[] = [
    [t('终止', 'Ended'), `${at(end.at)} · ${BY[end.by][locale]}`],
    [t('依据条款', 'By clause'), clause(end.clause)],
  ];
  if (end.reason) fields.push([t('原因', 'Why'), end.reason]);
  fields.push([t('退款', 'Refunded'), `${end.refunded} CNY`]);
  fields.push([t('数据保留至', 'Data kept until'), at(erase.due)]);
  fields.push([t('删除依据', 'Erased by clause'), clause(erase.clause)]);
  return fields;
}

function seenFields({ seen }: CertificateFacts, locale: Locale): Field[] {
  const t = word(locale);
  const ports = seen.addresses.ports.map(({ protocol, port }) => `${protocol}/${port}`).join(', ');
  return [
    [t('主机名（节点上）', 'Machine'), seen.machine],
    [t('磁盘', 'Disk'), `${seen.disk_gb} GB`],
    [t('已收回的内网地址', 'Private address given back'), seen.addresses.private ?? '—'],
    [t('已收回的公网端口', 'Public ports given back'), `${seen.addresses.public} ${ports || '—'}`],
  ];
}
