// How the film will look: its shape, the first photo in it, the words over it.

const ALIKE = 1.45; // a picture whose shape is further from the film's is shown whole, over a blurred one

const part = (id) => document.getElementById(id);

export class Preview {
  #form = part("new");
  #picture = document.querySelector("#preview .picture");
  #fill = document.querySelector("#preview .fill");
  #shown = null;

  constructor() {
    this.#picture.addEventListener("load", () => this.#fit());
  }

  /** The wishes as the form has them; `picture` of the first file that has one: a Blob. */
  refresh({ title = "", destination = "", travelDate = "", aspect }, picture = null) {
    part("preview").dataset.aspect = aspect;
    part("preview-title").textContent = title || destination || this.#form.elements.title.placeholder;
    part("preview-title").classList.toggle("example", !(title || destination));
    part("preview-below").textContent = [title && destination, travelDate && readable(travelDate)].filter(Boolean).join(" · ");
    if (picture !== this.#shown) this.#show(picture);
    this.#fit();
  }

  #show(picture) {
    this.#shown = picture;
    URL.revokeObjectURL(this.#picture.src);
    for (const image of [this.#picture, this.#fill]) image.hidden = !picture;
    this.#picture.src = this.#fill.src = picture ? URL.createObjectURL(picture) : "";
  }

  #fit() {
    const [width, height] = this.#form.elements.aspect.value.split(":").map(Number);
    const ratio = this.#picture.naturalWidth / this.#picture.naturalHeight / (width / height);
    this.#picture.classList.toggle("whole", Math.max(ratio, 1 / ratio) > ALIKE);
  }
}

function readable(day) {
  return new Date(`${day}T12:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
}
