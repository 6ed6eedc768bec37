import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { imageFile } from '#server/local/image.ts';
import { mustRun } from '#server/local/program.ts';

/**
 * A simplestreams server over HTTPS with one container image under one alias, as the public ones have it: an index,
 * a list of products, and each version in two files, metadata and root file system.
 */
export interface ImageServer {
  url: string;
  alias: string;
  /** Of the image as the daemon will know it: SHA-256 of both files, one after the other. */
  fingerprint: string;
  /** PEM of the server's own certificate, for those who shall trust it. */
  certificateFile: string;
  /** Paths of the files that were fetched, oldest first. */
  fetched: string[];
  close(): Promise<void>;
}

interface Split {
  metadata: string;
  root: string;
}

export async function openImageServer(folder: string): Promise<ImageServer> {
  const { file } = await imageFile({ log: () => undefined });
  const [split, identity] = [await splitImage(file, folder), await makeIdentity(folder)];
  const alias = 'shelf/debian/12';
  const fingerprint = await sha256(split.metadata, split.root);
  const documents = new Map([
    ['/streams/v1/index.json', JSON.stringify(index)],
    ['/streams/v1/images.json', JSON.stringify(await products(alias, split, fingerprint))],
  ]);
  const files = new Map([split.metadata, split.root].map((name) => [`/images/${path.basename(name)}`, name]));
  const fetched: string[] = [];
  const server = https.createServer(
    { key: await readFile(identity.key), cert: await readFile(identity.cert) },
    async (request, response) => {
      const at = request.url ?? '';
      const file = files.get(at);
      if (file) {
        fetched.push(at);
        response.setHeader('content-length', (await stat(file)).size);
        createReadStream(file).pipe(response);
        return;
      }
      response.statusCode = documents.has(at) ? 200 : 404;
      response.end(documents.get(at) ?? 'nothing here');
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    alias,
    fingerprint,
    certificateFile: identity.cert,
    fetched,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Our own image, parted into what the public servers offer: metadata by itself, the root as squashfs. */
async function splitImage(image: string, folder: string): Promise<Split> {
  const whole = path.join(folder, 'whole');
  const [metadata, root] = [path.join(folder, 'meta.tar.xz'), path.join(folder, 'rootfs.squashfs')];
  await mkdir(whole);
  await mustRun('tar', ['--numeric-owner', '--xattrs', '--xattrs-include=*', '-C', whole, '-xf', image]);
  await mustRun('tar', ['-C', whole, '-cJf', metadata, 'metadata.yaml']);
  // Not compressed: that takes the longest, and isn't what is tried here.
  await mustRun('mksquashfs', [path.join(whole, 'rootfs'), root, '-quiet', '-noI', '-noD', '-noF', '-noX']);
  return { metadata, root };
}

/** Its own authority, by the name and the address that it's reached by. */
async function makeIdentity(folder: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  const what = ['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const names = ['-subj', '/CN=image server', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await mustRun('openssl', [...what, '-days', '2', ...names, '-keyout', key, '-out', cert]);
  return { cert, key };
}

const index = {
  format: 'index:1.0',
  index: {
    images: {
      datatype: 'image-downloads',
      format: 'products:1.0',
      path: 'streams/v1/images.json',
      products: ['shelf:debian:12'],
    },
  },
};

/** LXD 5.0 looks for `lxd.tar.xz` only and Incus for `incus.tar.xz` only: here is one file under both. */
async function products(alias: string, { metadata, root }: Split, fingerprint: string) {
  const item = async (file: string, ftype: string) => ({
    ftype,
    path: `images/${path.basename(file)}`,
    sha256: await sha256(file),
    size: (await stat(file)).size,
  });
  const described = async (ftype: string) => ({
    ...(await item(metadata, ftype)),
    combined_squashfs_sha256: fingerprint,
  });
  const items = {
    'lxd.tar.xz': await described('lxd.tar.xz'),
    'incus.tar.xz': await described('incus.tar.xz'),
    squashfs: await item(root, 'squashfs'),
  };
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch as 'x64' | 'arm64'];
  const product = {
    aliases: alias,
    arch,
    os: 'Debian',
    release: 'bookworm',
    release_title: '12',
    versions: { '20260302_05:24': { items } },
  };
  return {
    content_id: 'images',
    datatype: 'image-downloads',
    format: 'products:1.0',
    products: { 'shelf:debian:12': product },
  };
}

async function sha256(...files: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}
