// A page with a strict content policy forbids code that is made from text. zod tries such code when a schema is made, goes without
// where it may not, and the browser reports the attempt. Imported first, this asks zod not to try.
import { config } from 'zod';

config({ jitless: true });
