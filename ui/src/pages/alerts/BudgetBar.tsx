import { formatPercentOf } from "../../values/alerts";

/** How much of the error budget is left; an overdrawn one is red to the end. */
export function BudgetBar({ remaining }: { remaining: number | null }) {
  const left = remaining === null ? 0 : Math.max(0, Math.min(100, remaining));
  const tone = remaining === null ? "" : remaining <= 0 ? "over" : remaining < 25 ? "low" : "";
  return (
    <div className={`budget ${tone}`} title="Remaining error budget">
      <div className="track">
        <div style={{ width: `${tone === "over" ? 100 : left}%` }} />
      </div>
      <span className="num">{remaining === null ? "–" : `${formatPercentOf(remaining, 1)} left`}</span>
    </div>
  );
}
