// Pieces of settings that several forms share, with the paper's sizes as defaults.
import { z } from 'zod';

/** A positive whole number. */
export const count = z.number().int().min(1);

/** Channels of the two hidden layers of the mask network. */
export const maskChannels = z.tuple([count, count]).default([1024, 512]);
