/**
 * The password typed at sign-up or sign-in, kept while the code is on its way: it goes with the code, for whoever
 * has the mailbox says what the password is. In memory alone; a reload forgets it, and the page asks again.
 */
let typed: { email: string; password: string } | null = null;

export function rememberPassword(email: string, password: string): void {
  typed = { email: email.trim().toLowerCase(), password };
}

export function rememberedPassword(email: string): string | null {
  return typed?.email === email.trim().toLowerCase() ? typed.password : null;
}

export function forgetPassword(): void {
  typed = null;
}
