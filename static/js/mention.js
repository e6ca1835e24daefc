// After "@" the names of this discussion are offered below the text; typing goes on as it was.
const TYPED = /(?:^|[\s(])@([\p{L}\p{N}][\p{L}\p{N}.' -]{1,40})$/u;
const PAUSE = 250;
let timer;
let latest = 0;

function typedName(area) {
  return area.value.slice(0, area.selectionStart).match(TYPED)?.[1];
}

function show(place, names, start, area) {
  place.querySelectorAll("button").forEach((button) => button.remove());
  for (const name of names) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "linkbutton";
    button.textContent = name;
    button.addEventListener("click", () => put(area, place, start, name));
    place.append(button);
  }
  place.hidden = !names.length;
}

function put(area, place, start, name) {
  const end = area.selectionStart;
  if (area.value.slice(end - start.length, end) === start) {
    area.setRangeText(`${name} `, end - start.length, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  show(place, [], "", area);
  area.focus();
}

async function offer(area, place) {
  const start = typedName(area);
  const number = ++latest;
  if (!start) return show(place, [], "", area);
  try {
    const url = new URL(place.dataset.mention, location.href);
    url.searchParams.set("q", start.trimEnd());
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    const { names } = response.ok ? await response.json() : { names: [] };
    if (number === latest && place.isConnected && typedName(area) === start) show(place, names, start, area);
  } catch {
    // Without the line a name is typed as it is.
  }
}

document.addEventListener("input", ({ target }) => {
  const place = target.matches?.("textarea") && target.form?.querySelector("[data-mention]");
  if (!place) return;
  clearTimeout(timer);
  if (typedName(target) || !place.hidden) timer = setTimeout(() => offer(target, place), PAUSE);
});
