// The environment variables of a process, which tests stand in for.

/** Environment variables, or a stand-in for them. */
export type Environment = Readonly<Record<string, string | undefined>>;
