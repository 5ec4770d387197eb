// Where a queue is: `redis://HOST:PORT/DB`. A password is never shown: it is taken from an address or from the environment, and
// what is said of the address leaves it out.
import { usageError } from '../../errors.js';

/** A server, and how it is named in messages. */
export interface QueueAddress {
  /** Without user and password. */
  shown: string;
  host: string;
  port: number;
  db: number;
  username?: string;
  password?: string;
  isSecure: boolean;
}

/** The password of the server, where the address has none: an address stands in lists of processes, this does not. */
export const PASSWORD_VARIABLE = 'WHEREWHEN_QUEUE_PASSWORD';

/** Reads an address; one that holds a password is taken out of the list of processes. Throws `usage`, without the password. */
export function queueAddress(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const db = Number(url?.pathname.slice(1) || '0');
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '' || !Number.isSafeInteger(db) || db < 0)
    throw usageError(
      '--queue',
      'redis://HOST:PORT/DB, or rediss://',
      url ? `${url.protocol}//...` : 'no address',
    );
  if (url.password !== '') process.title = 'wherewhen';
  const password = decodeURIComponent(url.password) || environment[PASSWORD_VARIABLE];
  const port = Number(url.port || '6379');
  return {
    shown: `${url.protocol}//${url.hostname}:${port}${db > 0 ? `/${db}` : ''}`,
    ...{ host: url.hostname.replace(/^\[|\]$/g, ''), port, db, isSecure: url.protocol === 'rediss:' },
    ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
    ...(password && { password }),
  };
}
