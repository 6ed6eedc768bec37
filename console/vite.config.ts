import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env.CLOUDPACT_API ?? 'http://127.0.0.1:8080';

// Everything is served from the provider's own origin: no inline script, no outside host or font, styles that are made here with a nonce (CSP).
// biome-ignore lint/style/noDefaultExport: Vite takes its configuration from the default export.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // Each answer has a nonce of its own (server/http/console.ts).
  html: { cspNonce: '__CSP_NONCE__' },
  server: { proxy: { '/api': { target: api, ws: true }, '/sandbox': { target: api } } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // A font or picture inside a data: URL would need a wider CSP.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});
