import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { Button } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { API_BASE } from '../../api/client.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Toned } from '../../ui/state.tsx';
import { makeStylesAllowed } from '../../ui/style-nonce.ts';

type Link = 'connecting' | 'connected' | 'closed';

/** A terminal in the machine over a WebSocket: bytes both ways, and the size as a text frame. */
export function TerminalTab({ serviceId }: { serviceId: string }) {
  const { t } = useTexts();
  const place = useRef<HTMLDivElement>(null);
  const [link, setLink] = useState<Link>('connecting');
  const [attempt, setAttempt] = useState(0);
  const reconnect = useCallback(() => setAttempt((count) => count + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is a new terminal
  useEffect(() => {
    setLink('connecting');
    return openTerminal(place.current!, serviceId, setLink);
  }, [serviceId, attempt]);

  return (
    <div>
      <div className="terminal-head">
        <span role="status">
          <Toned tone={link === 'connected' ? 'good' : link === 'connecting' ? 'busy' : 'bad'}>
            {t(`terminal.${link}`)}
          </Toned>
        </span>
        <span className="faint small">{t('terminal.hint')}</span>
        {link === 'closed' ? (
          <Button size="small" onClick={reconnect}>
            {t('terminal.reconnect')}
          </Button>
        ) : null}
      </div>
      <section ref={place} className="machine-terminal" aria-label={t('terminal.label')} />
    </div>
  );
}

function openTerminal(place: HTMLElement, serviceId: string, onLink: (link: Link) => void): () => void {
  makeStylesAllowed();
  const terminal = new Terminal({
    cursorBlink: true,
    fontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    fontSize: 14,
    scrollback: 4_000,
    theme: {
      background: '#101820',
      foreground: '#dbe4ea',
      cursor: '#8fc7ff',
      selectionBackground: '#2e4a63',
    },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(place);
  fit.fit();

  const address = new URL(
    `${API_BASE}/services/${encodeURIComponent(serviceId)}/terminal`,
    window.location.href,
  );
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.searchParams.set('columns', String(terminal.cols));
  address.searchParams.set('rows', String(terminal.rows));
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  let left = false;
  socket.addEventListener('open', () => {
    onLink('connected');
    terminal.focus();
  });
  socket.addEventListener('message', (event) => {
    terminal.write(event.data instanceof ArrayBuffer ? new Uint8Array(event.data) : String(event.data));
  });
  socket.addEventListener('close', () => {
    if (!left) onLink('closed');
  });

  const encoder = new TextEncoder();
  const send = (data: Uint8Array<ArrayBuffer> | string) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  };
  terminal.onData((text) => send(encoder.encode(text)));
  terminal.onBinary((text) => send(Uint8Array.from(text, (char) => char.charCodeAt(0))));
  terminal.onResize(({ cols, rows }) => send(JSON.stringify({ resize: [cols, rows] })));
  const watch = new ResizeObserver(() => fit.fit());
  watch.observe(place);

  return () => {
    left = true;
    watch.disconnect();
    socket.close();
    terminal.dispose();
  };
}
