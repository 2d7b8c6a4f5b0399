"""What every engine must do with a plan: the semantics, numbered, cited as ``§n`` in code and tests.

§1  *Time* is integer minutes from the start of the simulated span. The horizon is half open: what would happen at or after
    ``plan.horizon`` does not happen and leaves no row.
§2  *Arrival.* Case ``i`` begins at minute ``start[i]`` by entering step ``plan.start[class]`` with lateness 0.
§3  *Entering a step* at minute t. A step takes the case when the case's visits to it so far are fewer than ``max_visits``,
    and its principal is at least ``min_ore``, and, where ``opens`` names another step, the case's visits to that one are
    fewer than its ``max_visits``. A step that does not take the case passes it on to ``otherwise[step, class]`` in the same
    minute, without a visit and without a row; where that is NO_TARGET, the engine raises.
    An end state closes the case: one ENDED row at t, with the end state's code as step.
§4  *Visits* to a step are numbered from 0. The uniforms of a visit are column ``first_column[step] + visit`` of the case's
    draws: answer, delay, quantity. They were drawn before the engine started; a visit without a column raises.
    Where claims of a debtor go in one application, what is answered of it is answered of all of them. At a step that they go
    through together answer, delay and quantity (work apart) are drawn for the hand-over, that is for its first case of the
    debtor, and the visit; from the debtor's second hand-over on, for the debtor and the quarter of a year in which the step
    is done: that day and the case's ``phase`` added up, divided by 91. Nothing drawn depends on what is handed over later.
§5  *A step without a pool* is done in the minute it is entered: one DONE row. Where it sends a letter (``letters[step]`` is
    1) it is done on a working day: entered on day d, it waits for the first minute of day ``posted_on[d]`` if that is later.
§6  *A step with a pool* releases an item at the minute of entering, with key (priority, release minute, case, visit).
    Its work is ``work_tables[work_table][u >> 22]`` minutes, u being the quantity uniform. When a server takes it there is
    one STARTED row (server, release, minutes of work), when the work is done one DONE row.
§7  *Order within a minute*: everything that happens by itself (shift changes, completions, answers, arrivals) happens
    first, including what follows with delay 0; then, once, free servers are dispatched. Work of 0 minutes completes in the
    minute of its dispatch: its results join the minute, and another dispatch follows, until nothing is left.
§8  *Dispatch* takes waiting items in order of their key. Each goes to a server of its pool that is free, at work (its
    calendar open in this minute, or no calendar) and qualified (bit ``skill[step]`` of its ``skills`` is set): of those to
    one with the fewest skills, so that who can do more is kept for it, and of these to the lowest number. An item without
    such a server keeps waiting and does not block others: a later item may go to a server not qualified for it. A server is
    free from the minute its work is completed; that minute's dispatch is the first that can give it new work, so nobody
    jumps the queue. A skill says who may do the work, not how long it takes.
§9  *Work pauses* when its server's calendar closes and goes on with the same server when it opens; no server drops or
    hands over work. An item of w > 0 minutes started at t by a server who has worked W(t) minutes is done in the first
    minute T with W(T) = W(t) + w. Where the calendar is given up (``is_given_up``) and closes for the last time before that,
    it is done in the minute in which it closes.
§10 *Lateness* of a case is the sum, over its steps with a pool, of (done - release) minutes: how far it is behind an
    organisation that does everything at once. The band is the number of ``lateness_edges`` at or below it.
§11 *Answering.* When a step is done, the answer is the number of thresholds of (step, class, band) at or below the answer
    uniform. It comes ``delay_tables[delay_table[step, class, answer]][u >> 22]`` minutes later, u being the delay uniform:
    one ANSWERED row. Its quantity is the share of the balance it pays, in millionths: where ``part[step, answer]`` is a row,
    ``part_tables[row][u >> 22]`` (u being the quantity uniform); where it is INSTALMENT, 1 000 000 // (max_visits - visit),
    so that equal instalments clear the balance and the last takes the remainder; else 0. The case then enters
    ``target[step, class, answer]`` in the same minute.
    Where the step has a ``deadline`` and the case's principal is below ``min_ore`` of the step that the answer leads to, the
    answer comes with the delay of the step's last answer: not before the debtor's time is out.
    Where claims of a debtor are gathered (``gathers[step, class, answer]`` is n > 0) and the case's principal is not below
    ``min_ore`` of the step that follows, an answer that would come on day d comes on the debtor's next filing day: as many
    whole days later as take d and the case's ``phase`` to a multiple of n.
    At a step that is of the debtor (``of_debtor``) the minutes are counted from the opening that struck the case (§16); an
    answer that would have come before the step is done comes when it is done. §15 and §16 may put another answer, or none, in
    its place.
§12 *Rows* are numbered within a case from 0 in the order in which they happen. The log's canonical order is (case, seq);
    engines that run the same plan on the same draws return equal arrays.
§13 *Money* does not pass through an engine. A payment is an answer; what it amounts to, in which order it is allocated
    (the fee of enforcement first, which Kronofogden takes out of the proceeds; then the scenario's order over costs,
    interest and principal; costs in the order they arose; principal oldest claim first) and who receives it is decided in
    the ledger, from the log and the law. An answer that waives takes what its step has charged off the debt.
§14 *Relief.* The backlog of a pool is the minutes of work (of each item at most the horizon's) that wait in it. As long as
    it is at least the pool's ``relief_from``, in every round of dispatch and before servers are given work, items of steps
    whose ``relief`` is BY_SYSTEM or LAID_ASIDE leave the queue, one by one: of those waiting the item with the highest
    priority number, and of these the first by its key. BY_SYSTEM: the step is done without a server as if it had no pool
    (§5), one DONE row with the release, no server and the minutes of work as quantity; the case goes on after the round.
    LAID_ASIDE: one LEFT row with the release and the minutes of work, and nothing more ever happens to the case. Then servers
    are given work (§8); one whose ``kind`` is a reserve takes an item only as long as the backlog, that item included, is at
    least ``relief_from``.
§15 *Limitation.* A case is barred at a minute: ``barred[period[class], day]``, the day being that on which its period
    began. The first begins on the day ``arose``; a new one begins, in place of the old, on the day of an answer for which
    ``renews`` is RENEWS. After one for which it is A_YEAR the old one goes on, but at the first visit to the step the case
    is not barred before ``barred[year, day]``. A case whose step is carried out in or after the minute in which it is
    barred ends as ``lapsed`` in that minute, without a DONE row (after waiting for staff, its STARTED row remains: the work
    was in vain). At a step that halts limitation (``halts``) nothing is barred once it is done. At any other step an answer
    that would come in or after the minute in which the case is barred does not come: one ENDED row with ``lapsed`` in that
    minute. Before that, a ``watched`` step that has not been answered ``margin`` minutes before the case is barred (at
    once, where that is past) gives its last answer then.
§16 *Proceedings of the debtor.* They are opened in minute ``struck`` of each case that they strike. Unless the case has ended
    or is barred by then, what would first happen in or after that minute at a step that leads somewhere then
    (``strikes[step, proceedings]`` is not NO_TARGET) does not: that the step is entered, carried out or answered. Instead
    there is one STRUCK row with the step and its visit (NONE: not entered), and the case enters
    ``strikes[step, proceedings]``: in the minute of the opening, or in that in which the step would have been entered or
    carried out, if it was to be entered later, or waited for staff. Limitation is halted from then on until an answer
    renews it. A case is struck once.
§17 *A past.* A case may have rows behind it that no engine has made: DONE and ANSWERED rows before ``start``, which stand
    first in the log as they are given. Their visits count (§3, §4), and their answers renew limitation (§15), whose first
    period began on the day ``arose``; nobody's time was taken and nothing is drawn. Such a case enters ``enters`` at
    ``start`` instead of ``plan.start``, with lateness 0.
§18 *Sale.* A case leaves in minute ``leaves``, if it has one, from a step that ``sold`` names: where it has entered the step
    before that minute, and what would happen next at the step (that it is struck there, carried out or answered, or that the
    case is barred) would come in or after it, or not before the horizon, that does not happen. Instead there is one ENDED row
    in that minute with ``sale``. Work of it that waits leaves the queue; work that a server has in hand is finished (§9), in
    vain. A case that is at another step in that minute stays, for good.
§19 *Moving over.* The steps of several arrangements stand one after the other, ``own_steps`` of each, and steps in the same
    place count their visits together (§3, §4). In minute ``moves[q, 0]`` open cases move over to the arrangement whose first
    step is ``moves[q, 1]``. What a case has entered before that minute stays as it is, until it is answered or struck: the
    step that is entered then, or later, is the one in the same place of the arrangement moved to. But work that waits for a
    server moves before anything is dispatched in that minute: it is work of the step in the new arrangement, with its
    priority, skill and minutes, and keeps its release; what a server has in hand is finished (§9). Where the new step has no
    pool it is done in that minute, or as a letter on its day (§5), with the wait so far in the case's lateness and one DONE
    row without a release.
"""

from __future__ import annotations

STARTED = 0
"""A server took up the work of a step (only steps with a pool)."""
DONE = 1
"""The step was carried out: what it charges is charged."""
ANSWERED = 2
"""The debtor or an authority answered."""
ENDED = 3
"""The case reached an end state."""

LEFT = 4
"""The work of a step was laid aside for good."""

STRUCK = 5
"""Proceedings of the debtor struck the case: what it waited for does not come."""

KINDS = ("started", "done", "answered", "ended", "left", "struck")
COLUMNS = ("case", "seq", "kind", "step", "visit", "minute", "answer", "release", "server", "quantity")
"""Columns of the log. ``answer`` is -1 where there is none, ``release`` and ``server`` where nobody queued."""
NONE = -1
"""Value of a column that does not apply to the row."""
