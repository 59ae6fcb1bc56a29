// "Đúng" or "Chưa đúng" and why, under an answer that the server keeps. Used by answer.js.

import { button, element } from "./elements.js";

const SAID = { right: "Đã ghi nhận: câu trả lời đúng. Cảm ơn anh/chị.", wrong: "Đã ghi nhận: chưa đúng. Người phụ trách sẽ xem lại câu này." };
const NOT_SENT = "Chưa gửi được. Hãy thử lại sau ít phút.";
const WHY_MAX = 1000;

/** The buttons, or what was said before. `turn` is kept with the conversation; `keep` writes it down. */
export function feedback(turn, keep) {
  const made = element("div", "feedback");
  if (turn.judged) {
    made.append(element("p", "", SAID[turn.judged]));
    return made;
  }
  const status = element("p", "feedback-said");
  status.setAttribute("role", "status");

  const send = async (right, why) => {
    status.textContent = "Đang gửi…";
    try {
      const response = await fetch("/v1/feedback", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ id: turn.answer.id, right, why }),
      });
      if (!response.ok) {
        const body = await response.json().catch(() => ({}));
        status.textContent = body.error?.message ?? NOT_SENT;
        return;
      }
    } catch {
      status.textContent = NOT_SENT;
      return;
    }
    turn.judged = right ? "right" : "wrong";
    keep();
    status.textContent = SAID[turn.judged];
    made.replaceChildren(status);
    status.tabIndex = -1; // the button that had the focus is gone
    status.focus();
  };

  const right = button("small", "Đúng", () => send(true, ""));
  const wrong = button("small", "Chưa đúng", () => {
    form.hidden = !form.hidden;
    wrong.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("textarea").focus();
  });
  wrong.setAttribute("aria-expanded", "false");
  const form = reasons((why) => send(false, why));
  const question = element("span", "feedback-asks", "Câu trả lời có đúng không?");
  made.append(element("div", "feedback-row", question, right, wrong), form, status);
  return made;
}

function reasons(send) {
  const field = element("textarea", "");
  field.rows = 2;
  field.maxLength = WHY_MAX;
  const label = element("label", "", "Chưa đúng ở đâu? (không bắt buộc, đừng ghi thông tin cá nhân)", field);
  const submit = element("button", "small strong", "Gửi nhận xét");
  const form = element("form", "feedback-why", label, submit);
  form.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(field.value.trim());
  });
  return form;
}
