// A component in JavaScript: prints, keeps what it has counted, and calls a neighbour. Its engine,
// QuickJS, has neither console nor text encoder. Knows nothing of vehicles.

import { count } from "test:aged/counter@1.0.0";
import { getStdout } from "wasi:cli/stdout@0.2.0";

let steps = 0;

const bytes = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

export const work = {
  step() {
    steps += 1;
    getStdout().blockingWriteAndFlush(bytes(`javascript step ${steps}, count ${count()}\n`));
  },
};
