// Keeps the chosen files and how far each has come in this browser, so that neither a reload nor a crash loses them.

const ROWS = "rows"; // what is known of each file, small
const FILES = "files"; // the files themselves, until they have been sent
const LARGEST = 100 * 1024 * 1024; // bytes: keeping a file writes all of it once more
const OWN = "daylog draft"; // where a tab remembers which draft is its own
const LEAVING = 2000; // milliseconds that the page before may need to let go of its draft ...
const RELOADING = 20_000; // ... which after a reload it is sure to do, however busy the machine is
const LONGEST = 7 * 24 * 3600 * 1000; // milliseconds until a draft that nobody came back to is dropped

/**
 * The draft of this tab, or else one that no tab has any more, or else an empty one: two tabs never have the same.
 * `owner` is who is signed in; drafts of others are left alone.
 */
export async function openDraft(owner = "") {
  const shelf = await openShelf().catch(() => null); // some browsers keep nothing in private windows
  const own = sessionStorage.getItem(`${OWN} ${owner}`);
  const patience = reloaded() ? RELOADING : LEAVING;
  const id = (own && (await taken(own, patience)) && own) || (await orphan(shelf, owner)) || crypto.randomUUID();
  if (id !== own) await taken(id, 0);
  sessionStorage.setItem(`${OWN} ${owner}`, id);
  return new Draft(shelf, owner, id);
}

class Draft {
  constructor(shelf, owner, id) {
    Object.assign(this, { shelf, owner, id });
  }

  /** What was kept of the files in `list`, in the order chosen. */
  async rows(list) {
    const rows = this.shelf ? await asked(this.#store(ROWS).getAll(this.#all())) : [];
    return rows.filter((row) => row.list === list && row.owner === this.owner).sort((a, b) => a.position - b.position);
  }

  /** `row` has at least `key`, `list` and `position`. */
  keep(row) {
    this.#write(ROWS, (store) => store.put({ ...row, draft: this.id, owner: this.owner, at: Date.now() }));
  }

  /** The file, if it was kept and can still be read. */
  async file(key) {
    const found = this.shelf && (await asked(this.#store(FILES).get([this.id, key])));
    return found?.file ?? null;
  }

  /** Whether it is kept. */
  async keepFile(key, file) {
    return file.size <= LARGEST && this.#write(FILES, (store) => store.put({ draft: this.id, key, file }));
  }

  forgetFile(key) {
    this.#write(FILES, (store) => store.delete([this.id, key]));
  }

  forget(key) {
    this.forgetFile(key);
    this.#write(ROWS, (store) => store.delete([this.id, key]));
  }

  clear() {
    for (const name of [ROWS, FILES]) this.#write(name, (store) => store.delete(this.#all()));
  }

  #all() {
    return ofDraft(this.id);
  }

  #store(name, mode = "readonly") {
    return this.shelf.transaction(name, mode).objectStore(name);
  }

  /** Whether it could be written: where there is no room, the page works on without. */
  async #write(name, change) {
    if (!this.shelf) return false;
    return asked(change(this.#store(name, "readwrite"))).then(() => true, () => false);
  }
}

function reloaded() {
  return performance.getEntriesByType("navigation")[0]?.type === "reload";
}

/** Whether the draft is now this tab's, for as long as its page lives. Waits up to so many milliseconds. */
function taken(id, patience) {
  if (!navigator.locks) return true;
  return new Promise((resolve) => {
    const options = patience ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
    const hold = (lock) => {
      resolve(lock !== null);
      return lock && new Promise(() => {});
    };
    navigator.locks.request(`daylog draft ${id}`, options, hold).catch(() => resolve(false));
  });
}

/** The newest draft of the owner that no tab has; what is far too old is dropped on the way, whoever left it. */
async function orphan(shelf, owner) {
  const rows = shelf ? await asked(shelf.transaction(ROWS).objectStore(ROWS).getAll()) : [];
  const newest = new Map();
  for (const row of rows) {
    newest.set(row.draft, { owner: row.owner, at: Math.max(row.at, newest.get(row.draft)?.at ?? 0) });
  }
  for (const [id, draft] of [...newest].sort((a, b) => b[1].at - a[1].at)) {
    if (Date.now() - draft.at > LONGEST) new Draft(shelf, owner, id).clear();
    else if (draft.owner === owner && (await taken(id, 0))) return id;
  }
  return null;
}

function openShelf() {
  const opening = indexedDB.open("daylog", 1);
  opening.onupgradeneeded = () => {
    for (const name of [ROWS, FILES]) opening.result.createObjectStore(name, { keyPath: ["draft", "key"] });
  };
  return asked(opening);
}

/** The keys of all that belongs to a draft. */
function ofDraft(id) {
  return IDBKeyRange.bound([id], [id, []]);
}

function asked(question) {
  return new Promise((resolve, reject) => {
    question.onsuccess = () => resolve(question.result);
    question.onerror = () => reject(question.error);
  });
}
