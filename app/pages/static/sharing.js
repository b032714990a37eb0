// The dialog in which a link to the film is made, copied, sent on and taken back.

import { getJson, request, sendJson } from "./daylog.js";
import { inWords } from "./in-words.js";
import { part, reveal } from "./parts.js";
import { sure } from "./sure.js";
import { say } from "./words.js";

const SHARED = ["share-link", "share-copy", "share-revoke"];

/** Behind the button "share" of the vlog at `path`. */
export function offerSharing(path) {
  const does = {
    "share-create": () => change(path),
    "share-copy": copy,
    "share-send": send,
    "share-revoke": () => revoke(path),
  };
  for (const [button, act] of Object.entries(does)) part(button).addEventListener("click", () => attempt(act));
  part("share-days").addEventListener("change", () => part("share-link").hidden || attempt(() => change(path)));
  part("share").addEventListener("click", () => {
    show(null);
    part("sharing").showModal();
    attempt(() => begin(path));
  });
}

async function attempt(act) {
  part("share-status").textContent = "";
  reveal({ "share-problem": false });
  try {
    part("share-status").textContent = (await act()) ?? "";
  } catch (error) {
    part("share-problem").textContent = inWords(error);
    reveal({ "share-problem": true });
  }
}

/** A link that there is already is shown at once. */
async function begin(path) {
  const { share_url: url } = await getJson(path);
  if (url) show(await sendJson("POST", `${path}/share`, {}));
}

async function change(path) {
  const days = part("share-days").value;
  const first = part("share-link").hidden;
  show(await sendJson("POST", `${path}/share`, { days: days ? Number(days) : null }));
  if (first) part("share-copy").focus();
  return say(first ? "vlog.sharing.created" : "vlog.sharing.changed");
}

async function revoke(path) {
  if (!(await sure(say("vlog.sharing.revoke.sure"), say("vlog.sharing.revoke")))) return "";
  await request("DELETE", `${path}/share`);
  show(null);
  part("share-create").focus();
  return say("vlog.sharing.revoked");
}

/** Where the clipboard is closed to us, what is selected may still be copied. */
async function copy() {
  const field = part("share-url");
  field.select();
  const copied = await navigator.clipboard.writeText(field.value).then(
    () => true,
    () => document.execCommand("copy"),
  );
  return say(copied ? "vlog.sharing.copied" : "vlog.sharing.copyYourself");
}

async function send() {
  const title = part("vlog-title").textContent;
  await navigator.share({ title, url: part("share-url").value }).catch(() => {}); // thought better of it
}

/** Null: there is no link. One that ends says when, among what may be chosen instead. */
function show(link) {
  for (const name of SHARED) part(name).hidden = link === null;
  reveal({ "share-create": link === null, "share-send": link !== null && "share" in navigator });
  part("share-url").value = link?.url ?? "";
  part("share-end").textContent = link?.expires_at ? until(link.expires_at) : "";
  part("share-days").value = link?.expires_at ? "kept" : "";
}

function until(expiry) {
  const when = new Date(expiry).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  return say("vlog.sharing.until", { when });
}
