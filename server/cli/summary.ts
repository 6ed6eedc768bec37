import { join } from 'node:path';
import { Brands } from '#kernel/brands.ts';
import type { Login } from '#server/local/supervise-server.ts';
import { PROJECT_ROOT } from './command.ts';

export interface Summary {
  url: string;
  logins: Login[];
  simulated: boolean;
  /** Shown when it isn't the default, so that the commands to type next are right. */
  dataOption: string;
  /** Told to people on other machines, who can't open a console that listens here alone. */
  remoteHint: boolean;
  /** No mail server is set: what would be sent is shown on a page. */
  mailbox: boolean;
  foreground: boolean;
}

/** The end of `up`: where everything is, the logins (told this once), and what to do next. */
export function summaryText(summary: Summary): string {
  const { url, dataOption } = summary;
  const lines = ['', 'Cloudpact 云契 is running.', ''];
  lines.push(...addresses(summary), '', ...logins(summary.logins));
  if (summary.simulated) {
    lines.push('Machines are SIMULATED here: nothing real is made. 此处的云主机为模拟，不会真正创建。', '');
  }
  if (summary.remoteHint) {
    const { port } = new URL(url);
    lines.push(
      `It listens on this machine alone. From elsewhere: ssh -L ${port || 80}:127.0.0.1:${port || 80} HOST, or up --host 0.0.0.0`,
      '',
    );
  }
  lines.push(
    'What next',
    `  Open ${url}/ , sign up, order a NAT VPS; or see what runs: ./cloudpact status${dataOption}`,
    '下一步',
    `  打开 ${url}/ 注册并购买一台 NAT VPS；查看运行状态：./cloudpact status${dataOption}`,
    '',
    summary.foreground
      ? 'Ctrl-C stops everything. 按 Ctrl-C 停止。'
      : `It goes on in the background; ./cloudpact down${dataOption} stops it. 已在后台运行，用 down 停止。`,
  );
  return lines.join('\n');
}

export function addresses({ url, mailbox }: { url: string; mailbox: boolean }): string[] {
  return [
    `  Console 控制台        ${url}/`,
    `  Back office 后台      ${url}/staff`,
    `  API                   ${url}/api/v1/openapi.json`,
    ...(mailbox ? [`  Mail sent 开发邮箱    ${url}/dev/mailbox`] : []),
    ...brandAddresses(url),
  ];
}

/** Where each brand is seen; nothing where there is but one, or none is known yet. */
function brandAddresses(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const brands = Brands.load(join(PROJECT_ROOT, 'brands'));
  if (brands.all.length === 1) return [];
  const width = Math.max(...brands.all.map(({ id }) => id.length));
  return [
    '  Brands 品牌',
    ...brands.all.map((brand) => `    ${brand.id.padEnd(width)}  ${brands.url(brand, url)}/`),
  ];
}

function logins(seeded: Login[]): string[] {
  if (seeded.length === 0) return [];
  const width = Math.max(...seeded.map((login) => login.email.length));
  return [
    'Logins, shown this once 登录账号（仅显示一次）',
    ...seeded.map(({ role, email, password }) => `  ${role.padEnd(9)} ${email.padEnd(width)}  ${password}`),
    '',
  ];
}
