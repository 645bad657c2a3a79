import { Link } from "@tanstack/react-router";
import { linkTo, type Question } from "../query/question";

/** From a page's own filters to the query page, with the same rows. */
export function OpenInQuery({ question }: { question: Question }) {
  return (
    <Link className="link" {...linkTo(question)}>
      Open in Query
    </Link>
  );
}
