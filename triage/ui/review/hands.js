// What Streamlit's own keys cannot do: "?" for help, N for the note, a held key counts once, and
// words selected in the comment are told to the server while it is being annotated. Nothing here
// writes HTML.

const SETTLED = 400; // milliseconds without a change: the selection is made
const TYPING = "input, textarea, select, [contenteditable='true'], [role='textbox']";

let stop = () => {};
let dragging = false; // a page drawn again while the mouse is down changes nothing about that
let held = null; // the words that are selected and not told yet

export default function ({ data, parentElement, setTriggerValue }) {
  stop(); // the page was drawn again: listen once, with the data of now
  let waiting = 0;

  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest(TYPING)) return;
    if (event.repeat && /^[a-z0-9]$/i.test(event.key)) {
      event.stopImmediatePropagation(); // a held key is one press, for Streamlit's keys too
      return;
    }
    if (event.key === "?") {
      document.querySelector(".st-key-review-help button")?.click();
    } else if (event.key === "n" || event.key === "N") {
      const note = document.querySelector(".st-key-note input");
      if (note) {
        event.preventDefault(); // or the letter would be typed into the note
        note.focus();
      }
    }
  };

  // Characters are counted as Python counts them: by code point.
  const length = (text) => Array.from(text).length;

  // What is selected is measured at once: a page drawn again replaces the words it stands on.
  const hold = () => {
    const text = document.querySelector(".st-key-comment-text .marked");
    const chosen = document.getSelection();
    if (!text || !chosen || chosen.rangeCount === 0) return;
    const range = chosen.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) {
      if (!chosen.isCollapsed) held = null; // something else is selected
      return;
    }
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(range.startContainer, range.startOffset);
    const start = length(before.toString());
    const end = start + length(range.toString());
    held = end > start ? { tag: data.tag, start, end } : null;
  };

  const tell = () => {
    const told = held;
    held = null;
    if (!told || told.tag !== data.tag) return;
    const text = document.querySelector(".st-key-comment-text .marked");
    const chosen = document.getSelection();
    if (text?.contains(chosen?.anchorNode ?? null)) chosen.removeAllRanges();
    setTriggerValue("marked", told);
  };

  const onSelect = () => {
    clearTimeout(waiting);
    if (dragging) return;
    hold();
    if (held) waiting = setTimeout(tell, SETTLED);
  };
  const onDown = () => {
    clearTimeout(waiting);
    dragging = true;
    held = null;
  };
  const onUp = () => {
    dragging = false;
    onSelect();
  };

  window.addEventListener("keydown", onKey, true); // before Streamlit hears of it
  if (data.annotating) {
    document.addEventListener("selectionchange", onSelect);
    document.addEventListener("mousedown", onDown);
    document.addEventListener("mouseup", onUp);
    onSelect(); // what was selected before or while the page was drawn again
  } else {
    held = null;
  }
  parentElement.host.dataset.listens = data.annotating ? "words" : "keys";
  const own = () => {
    clearTimeout(waiting);
    window.removeEventListener("keydown", onKey, true);
    document.removeEventListener("selectionchange", onSelect);
    document.removeEventListener("mousedown", onDown);
    document.removeEventListener("mouseup", onUp);
  };
  stop = own;
  return own;
}
