// Photos: preview, made smaller on the device before they are sent, problems in words.
const LARGEST = 10 * 1024 * 1024;
const SIDE = 1600;

/** The photo drawn at most 1600 px wide or high. Drawing also leaves behind where it was taken. */
async function drawn(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas;
}

const encoded = (canvas, type) => new Promise((done) => canvas.toBlob(done, type, 0.85));

async function smaller(canvas, name) {
  let blob = await encoded(canvas, "image/webp");
  if (blob?.type !== "image/webp") blob = await encoded(canvas, "image/jpeg"); // this browser writes no WebP
  const ending = blob.type === "image/webp" ? "webp" : "jpg";
  return new File([blob], name.replace(/\.\w*$/, "") + "." + ending, { type: blob.type });
}

function preview(canvas, target) {
  const scale = 240 / Math.max(canvas.width, canvas.height);
  target.width = canvas.width * scale;
  target.height = canvas.height * scale;
  target.getContext("2d").drawImage(canvas, 0, 0, target.width, target.height);
}

function pick(field) {
  const words = field.dataset;
  const input = field.querySelector("input[type=file]");
  const error = field.querySelector("[data-photos-error]");
  const copy = (name) => field.querySelector(`template[data-photos-${name}]`).content.firstElementChild.cloneNode(true);
  const tiles = document.createElement("div");
  const picker = copy("pick");
  const chosen = new Map(); // tile -> file
  const waiting = new Set(); // picked, not yet made smaller: sent as they are if the form goes now
  let problems = [];
  let turn = Promise.resolve();

  tiles.className = "uploads";
  input.before(tiles);
  tiles.append(picker);
  input.className = "sr-only";
  picker.append(input);

  function hand() {
    const files = new DataTransfer();
    for (const file of [...chosen.values(), ...waiting]) files.items.add(file);
    input.files = files.files;
    picker.hidden = chosen.size >= Number(words.photos);
    [...tiles.querySelectorAll(".upload__x .sr-only")].forEach((label, n) => (label.textContent = words.photosRemove.replace("{n}", n + 1)));
  }

  function complain(...texts) {
    problems = texts.length ? [...new Set([...problems, ...texts])] : [];
    error.hidden = !problems.length;
    error.lastElementChild.textContent = problems.join(" ");
  }

  async function add(file) {
    if (chosen.size >= Number(words.photos)) {
      complain(words.photosMany);
      return drop(file);
    }
    let canvas;
    let problem = file.size > LARGEST ? words.photosBig.replace("{mb}", Math.round(file.size / 1048576)) : "";
    if (!problem) canvas = await drawn(file).catch(() => (problem = words.photosType) && null);
    const tile = copy(canvas ? "done" : "bad");
    picker.before(tile);
    if (canvas) {
      chosen.set(tile, await smaller(canvas, file.name));
      preview(canvas, tile.querySelector("canvas"));
      tile.querySelector("canvas").setAttribute("aria-label", words.photosName.replace("{n}", chosen.size).replace("{name}", file.name));
    } else {
      tile.querySelector("span").textContent = file.name;
      complain(`${file.name}: ${problem}`);
    }
    drop(file);
  }

  function drop(file) {
    waiting.delete(file);
    hand();
  }

  input.addEventListener("change", () => {
    const files = [...input.files];
    complain();
    files.forEach((file) => waiting.add(file));
    hand(); // the browser replaced the earlier choice: put it back
    for (const file of files) turn = turn.then(() => add(file));
  });
  tiles.addEventListener("click", (event) => {
    const tile = event.target.closest(".upload__x")?.parentElement;
    if (!tile) return;
    event.preventDefault();
    chosen.delete(tile);
    tile.remove();
    complain();
    hand();
    input.focus();
  });
  input.form?.addEventListener("reset", () => {
    [...tiles.children].forEach((tile) => tile !== picker && tile.remove());
    chosen.clear();
    waiting.clear();
    setTimeout(hand);
  });
}

if (window.DataTransfer && window.createImageBitmap) document.querySelectorAll("div[data-photos]").forEach(pick);
