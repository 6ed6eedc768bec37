import { type Problem, problems } from '#kernel/problem.ts';
import type { ObservedInstance, PowerState } from './driver.ts';

/** Every slot of a node has this many public ports, so that two ranges never meet. */
export const PORTS_PER_SLOT = 20;
/** The first addresses of a subnet are the node's own. */
const FIRST_HOST = 10;
/** After so many refusals a create has failed for good. */
export const CREATE_ATTEMPTS = 3;
/** A node that can't be reached says nothing about the machine; only after this long is the customer's money returned. */
export const UNREACHABLE_HOURS = 24;

export const problem = problems({
  'bad-hostname': {
    status: 422,
    title: { zh: '主机名不合规', en: 'This host name is not possible' },
    remedy: {
      zh: '1–63 个字符，只用小写字母、数字和连字符，以字母开头，不以连字符结尾。',
      en: 'Use 1–63 lower-case letters, digits and hyphens; begin with a letter, don’t end with a hyphen.',
    },
  },
  'bad-ssh-key': {
    status: 422,
    title: { zh: 'SSH 公钥无法识别', en: 'This SSH public key can’t be read' },
    remedy: {
      zh: '请粘贴一行 OpenSSH 公钥（ssh-ed25519、ecdsa 或 ssh-rsa 2048 位以上），不是私钥。',
      en: 'Paste one line of an OpenSSH public key (ssh-ed25519, ecdsa, or ssh-rsa of 2048 bits or more), not the private key.',
    },
  },
  'password-characters': {
    status: 422,
    title: { zh: '密码含有不支持的字符', en: 'The password has a character that is not possible' },
    remedy: { zh: '只能使用英文字母、数字和常用符号。', en: 'Use ASCII letters, digits and signs.' },
  },
  'no-capacity': {
    status: 409,
    title: { zh: '该地区暂时没有可用资源', en: 'This region has no room right now' },
    remedy: {
      zh: '请换一个地区或较小的套餐，没有扣款。',
      en: 'Choose another region or a smaller plan; nothing was charged.',
    },
  },
  'image-unavailable': {
    status: 422,
    title: { zh: '该地区暂时没有这个系统镜像', en: 'This image is not available in this region' },
    remedy: { zh: '请换一个系统镜像。', en: 'Choose another image.' },
  },
  'disk-shrinks': {
    status: 422,
    title: { zh: '磁盘不能缩小', en: 'A disk can’t shrink' },
    remedy: {
      zh: '现在是 {now} GB，新配置只有 {wanted} GB。请加配磁盘，或选择磁盘不变小的套餐。',
      en: 'It has {now} GB, and this would have {wanted} GB. Add disk, or choose a plan whose disk is no smaller.',
    },
  },
  'ports-in-use': {
    status: 409,
    title: { zh: '有端口映射超出新套餐的端口段', en: 'Some mappings are outside the new plan’s ports' },
    remedy: { zh: '请先删除这些端口的映射：{ports}。', en: 'Remove the mappings of {ports} first.' },
  },
  'node-full': {
    status: 409,
    title: { zh: '主机所在节点内存不足', en: 'The machine’s node has no room for that' },
    remedy: {
      zh: '没有扣款；请选择较小的套餐，或联系客服迁移后再变更。',
      en: 'Nothing was charged; choose a smaller plan, or ask support to move the machine first.',
    },
  },
  'not-running': {
    status: 409,
    title: { zh: '主机没有在运行', en: 'The machine is not running' },
    remedy: { zh: '请先开机。', en: 'Start it first.' },
  },
  'not-allowed-now': {
    status: 409,
    title: { zh: '服务当前状态不允许这个操作', en: 'Not possible in the service’s present state' },
    remedy: {
      zh: '停机的服务请先续费恢复；正在创建的请稍候。',
      en: 'Renew a suspended service first; wait for one that is being made.',
    },
  },
  'port-outside-range': {
    status: 422,
    title: { zh: '端口不在本机的端口段内', en: 'This port is outside the machine’s range' },
    remedy: { zh: '请使用 {from}–{to} 之间的端口。', en: 'Use a port from {from} to {to}.' },
  },
  'port-taken': {
    status: 409,
    title: { zh: '端口已被占用', en: 'This port is taken' },
    remedy: {
      zh: '请换一个端口；TCP 和 UDP 可以分别使用同一个端口号。',
      en: 'Choose another; TCP and UDP may each use the same number.',
    },
  },
  'no-port-left': {
    status: 409,
    title: { zh: '没有剩余端口', en: 'No port is left' },
    remedy: { zh: '请先删除不用的映射。', en: 'Remove a mapping that you don’t use.' },
  },
  'ssh-mapping-fixed': {
    status: 409,
    title: { zh: 'SSH 映射不能删除', en: 'The SSH mapping can’t be removed' },
    remedy: { zh: '它是您登录主机的入口。', en: 'It is your way into the machine.' },
  },
});

/** For rooms above: what they ask of a machine needs it running. */
export const notRunning = (): Problem => problem['not-running']();

/** One DNS label (RFC 1123), lower case, beginning with a letter. */
export function isHostname(text: string): boolean {
  return /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text) && text !== 'localhost';
}

const KEY_TYPES = new Set([
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
]);

/** An OpenSSH public key as one clean line without options; null when it isn't one (RFC 4253 §6.6). */
export function readPublicKey(text: string): string | null {
  const match = /^([a-z0-9-]+) ([A-Za-z0-9+/]+={0,2})(?: ([\x20-\x7e]{0,200}))?$/.exec(text.trim());
  if (!match || !KEY_TYPES.has(match[1]!)) return null;
  const blob = Buffer.from(match[2]!, 'base64');
  const fields = readFields(blob);
  if (!fields || fields[0]?.toString('latin1') !== match[1]) return null;
  if (!isSoundKey(match[1]!, fields.slice(1))) return null;
  return `${match[1]} ${match[2]}${match[3] ? ` ${match[3].trim()}` : ''}`;
}

/** Bytes of an uncompressed point on the curve (SEC 1 §2.3.3). */
const POINT_BYTES: Record<string, number> = { nistp256: 65, nistp384: 97, nistp521: 133 };

/** Whether the numbers are of the size that the type asks for: sshd would silently pass over others. */
function isSoundKey(type: string, [first, second, ...more]: Buffer[]): boolean {
  if (!first || more.length > 0) return false;
  if (type === 'ssh-ed25519') return first.length === 32 && !second;
  if (!second) return false;
  if (type === 'ssh-rsa') return bitsOf(second) >= 2_048 && bitsOf(second) <= 16_384;
  const curve = first.toString('latin1');
  return type.endsWith(`-${curve}`) && second.length === POINT_BYTES[curve] && second[0] === 4;
}

/** Of a positive SSH mpint. */
function bitsOf(number: Buffer): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first) * 8 - Math.clz32(number[first]!) + 24;
}

/** SSH wire strings: a 32-bit length and as many bytes, to the end; null when they don't fit. */
function readFields(blob: Buffer): Buffer[] | null {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return null;
    const length = blob.readUInt32BE(at);
    if (at + 4 + length > blob.length) return null;
    fields.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

export interface NodeSpace {
  /** CIDR of the node's bridge. */
  subnet: string;
  portFrom: number;
  portTo: number;
}

/** How many instances a node has addresses and port ranges for. */
export function slotCount(space: NodeSpace): number {
  const bits = Number(space.subnet.split('/')[1]);
  const hosts = 2 ** (32 - bits) - 1 - FIRST_HOST;
  const ranges = Math.floor((space.portTo - space.portFrom + 1) / PORTS_PER_SLOT);
  return Math.max(0, Math.min(hosts, ranges));
}

/** A slot's private address. */
export function slotAddress(space: NodeSpace, slot: number): string {
  const base = space.subnet
    .split('/')[0]!
    .split('.')
    .reduce((value, part) => value * 256 + Number(part), 0);
  const address = base + FIRST_HOST + slot;
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** The public ports of a slot, of which a plan uses the first `ports`. */
export function slotPorts(space: NodeSpace, slot: number, ports: number): { from: number; to: number } {
  const from = space.portFrom + slot * PORTS_PER_SLOT;
  return { from, to: from + Math.min(ports, PORTS_PER_SLOT) - 1 };
}

export interface Desired {
  allowed: 'yes' | 'suspended' | 'gone';
  wantedPower: PowerState;
  specDigest: string;
  restartDue: boolean;
  accessApplied: boolean;
  /** It has been handed to the customer; if it is missing now, data is missing. */
  everReady: boolean;
}

export type Step =
  | 'create'
  | 'configure'
  | 'start'
  | 'stop'
  | 'restart'
  | 'access'
  | 'destroy'
  | 'release'
  | 'wait'
  | 'missing';

/** The one next step from what is to what should be; null when both agree. */
export function nextStep(desired: Desired, observed: ObservedInstance | null): Step | null {
  if (desired.allowed === 'gone') return observed ? 'destroy' : 'release';
  if (!observed) return desired.everReady ? 'missing' : 'create';
  if (observed.busy) return 'wait';
  if (observed.specDigest !== desired.specDigest) return 'configure';
  const running = desired.allowed === 'yes' && desired.wantedPower === 'running';
  // The first start also puts the customer's access in place, so a new machine runs at least that long.
  if (running && observed.power === 'stopped') return 'start';
  if (!running && observed.power === 'running') return 'stop';
  if (!running) return null;
  if (!desired.accessApplied) return 'access';
  return desired.restartDue ? 'restart' : null;
}

/** What a browser asks without being told another port; over UDP it speaks HTTP/3 (RFC 9114). */
export const WEB = [80, 443];

/** Whether a mapping leads the public to the web's ports of a machine, or from those of the address. */
export function isWeb(mapping: { listen_port: number; target_port: number }): boolean {
  return WEB.includes(mapping.listen_port) || WEB.includes(mapping.target_port);
}
