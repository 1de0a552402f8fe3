export { handler } from "dynamodb-log/trigger";
