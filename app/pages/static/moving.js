// Moves cards of a list by a finger or a mouse; keys are the cards' own business.

const EDGE = 80; // pixels from the window's edge where it begins to scroll
const SPEED = 14; // pixels a frame

/** A card is taken by its `.grip`. `move(element, to)` puts it at place `to`, from 0, among the list's children. */
export function reorder(list, move) {
  list.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".grip")?.closest("li");
    if (card && event.button === 0) drag(list, card, event, move);
  });
}

function drag(list, card, { pointerId, clientX, clientY }, move) {
  const finger = { x: clientX, y: clientY };
  const ending = new AbortController();
  const { signal } = ending;
  list.setPointerCapture(pointerId); // not the card: what is moved in the document loses it
  card.classList.add("held");
  const follow = (event) => {
    Object.assign(finger, { x: event.clientX, y: event.clientY });
    settle(list, card, finger, move);
  };
  const end = () => {
    card.classList.remove("held");
    ending.abort();
  };
  list.addEventListener("pointermove", follow, { signal });
  for (const kind of ["pointerup", "pointercancel"]) list.addEventListener(kind, end, { signal });
  scroll(() => settle(list, card, finger, move), finger, signal);
}

/** To the place of the card that the finger is over. */
function settle(list, card, { x, y }, move) {
  const over = document.elementsFromPoint(x, y).find((element) => element.parentNode === list);
  if (over && over !== card) move(card, [...list.children].indexOf(over));
}

function scroll(then, finger, signal) {
  const step = () => {
    if (signal.aborted) return;
    const by = finger.y < EDGE ? -SPEED : finger.y > innerHeight - EDGE ? SPEED : 0;
    if (by) {
      scrollBy(0, by);
      then();
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
