import { createContext } from 'react';

/** Whether acts are offered here; whoever of the staff may only look at the area of a page, or of a part of it, sees none. */
export const ActsOffered = createContext(true);
