import type { InstanceSpec, Terminal } from '#modules/compute/driver.ts';

const notice = [
  '\x1b[33m*** This is a simulated node: no machine is behind this terminal. ***\x1b[0m',
  '\x1b[33m*** 这是模拟节点,终端后面没有真实的机器。Try: help, hostname, free, stty size, echo, exit ***\x1b[0m',
  '',
].join('\r\n');

/** Echoes what is typed and answers a few commands, always saying that it's simulated. */
export function simulatedTerminal(spec: InstanceSpec, size: { columns: number; rows: number }): Terminal {
  const prompt = `simulated@${spec.name}:~# `;
  const dataListeners: ((data: Uint8Array) => void)[] = [];
  const closeListeners: ((code: number | null) => void)[] = [];
  const early: Uint8Array[] = [];
  let { columns, rows } = size;
  let line = '';
  let closed: { code: number | null } | null = null;

  function print(text: string): void {
    const data = new TextEncoder().encode(text);
    if (dataListeners.length === 0) early.push(data);
    for (const listener of dataListeners) listener(data);
  }

  function end(code: number | null): void {
    if (closed) return;
    closed = { code };
    for (const listener of closeListeners) listener(code);
  }

  function run(text: string): void {
    const [command = '', ...words] = text.trim().split(/\s+/);
    if (command === 'exit') {
      print('logout\r\n');
      end(Number(words[0] ?? 0) || 0);
      return;
    }
    const answer = answerTo(command, words, spec, { columns, rows });
    print(`${answer === '' ? '' : `${answer}\r\n`}${prompt}`);
  }

  function type(character: string): void {
    if (character === '\r' || character === '\n') {
      const entered = line;
      line = '';
      print('\r\n');
      run(entered);
    } else if (character === '\x7f') {
      if (line !== '') print('\b \b');
      line = line.slice(0, -1);
    } else if (character >= ' ' && line.length < 1_000) {
      line += character;
      print(character);
    }
  }

  print(`${notice}${prompt}`);
  return {
    write: (data) => {
      for (const character of new TextDecoder().decode(data)) if (!closed) type(character);
    },
    resize: (newColumns, newRows) => {
      columns = newColumns;
      rows = newRows;
    },
    onData: (listener) => {
      dataListeners.push(listener);
      for (const data of early.splice(0)) listener(data);
    },
    onClose: (listener) => {
      if (closed) listener(closed.code);
      else closeListeners.push(listener);
    },
    close: () => end(null),
  };
}

function answerTo(
  command: string,
  words: string[],
  spec: InstanceSpec,
  size: { columns: number; rows: number },
): string {
  switch (command) {
    case '':
      return '';
    case 'help':
      return 'simulated node: hostname, free, stty size, echo WORDS, exit [CODE]';
    case 'hostname':
      return spec.name;
    case 'free':
      return `Mem: ${Math.floor(spec.memoryBytes / 2 ** 20)} MiB (simulated)`;
    case 'stty':
      return `${size.rows} ${size.columns}`;
    case 'echo':
      return words.join(' ');
    default:
      return `${command}: this node is simulated and runs nothing`;
  }
}
