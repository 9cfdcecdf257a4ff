/** The user agents run as in containers: this one, so that the files they share are his; never root. */
export function plainUser(): string {
  const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return user === 0 ? "65534:65534" : `${user}:${group}`;
}
