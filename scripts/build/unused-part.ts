// Stands in a bundle for a package that is never reached; see `left-out.ts`.
export {};
