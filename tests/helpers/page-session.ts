import { type Credentials, type Proof, prove } from "#renderer/rpc/prove.ts";

/** Exchanges a sign-in link as the page does. */
export async function exchangeLink(signIn: string): Promise<Credentials> {
  const { origin, hash } = new URL(signIn);
  const answer = await fetch(`${origin}/session`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ token: hash.replace("#signin=", "") }),
  });
  if (!answer.ok) throw new Error(`the link was answered with ${answer.status}`);
  return (await answer.json()) as Credentials;
}

/** Signs one socket in, with the very code of the page. */
export async function proofOf(credentials: Credentials, origin: string): Promise<Proof> {
  return prove(credentials, {
    host: new URL(origin).host,
    fetch: (path, init) => fetch(`${origin}${path}`, { ...init, headers: { origin } }),
    subtle: crypto.subtle,
  });
}
