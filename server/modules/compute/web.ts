/** What a browser asks without being told another port; over UDP it speaks HTTP/3 (RFC 9114). */
export const WEB = [80, 443];

/** Whether a mapping leads the public to the web's ports of a machine, or from those of the address. */
export function isWeb(mapping: { listen_port: number; target_port: number }): boolean {
  return WEB.includes(mapping.listen_port) || WEB.includes(mapping.target_port);
}
