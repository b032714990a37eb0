// Leads to the sign-in, and back to this page afterwards, when a session ends while its page is open.

import { whenSignedOut } from "./daylog.js";

let leading = false; // several requests are refused at once: they lead there together

whenSignedOut(() => {
  if (leading) return;
  leading = true;
  location.assign(`/sign-in?${new URLSearchParams({ next: location.pathname + location.search })}`);
});
