// How the library reaches the services.

export type Service = "dynamodb" | "streams" | "events";

export interface Transport {
  /**
   * Calls one operation ("PutItem") with its request. Rejects with ServiceError, NotReachable or
   * ConfigurationError.
   */
  call(service: Service, operation: string, request: object): Promise<any>;
  /** Closes idle connections. */
  close?(): void;
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface ConnectOptions {
  /**
   * The URL of all services. Default: AWS_ENDPOINT_URL_DYNAMODB and so on, then AWS_ENDPOINT_URL.
   */
  endpoint?: string;
  /** "local": without an endpoint, the offline cloud at http://localhost:8000. */
  stage?: string;
  /** Default: AWS_REGION, then AWS_DEFAULT_REGION. */
  region?: string;
  /** Default: AWS_ACCESS_KEY_ID and so on. */
  credentials?: Credentials;
  /**
   * Where the AWS SDK finds the endpoint, the region and the credentials: whether it only finds
   * them, and the calls are sent without it. Default: in a Lambda function.
   */
  light?: boolean;
  /** Default: process.env. */
  env?: { [name: string]: string | undefined };
  environment?: Partial<Environment>;
}

/**
 * A transport. If the options or the environment name the endpoint, the region and the credentials,
 * it needs no package; an endpoint on this machine needs no region and no credentials. Otherwise it
 * loads the AWS SDK for JavaScript v3 (`@aws-sdk/client-dynamodb`, and `-streams` or `-eventbridge`
 * for those services), which finds them as the AWS CLI does. In a Lambda function, or with `light`,
 * the SDK does no more than that; otherwise it also sends the calls. Sends nothing.
 */
export function connect(options?: ConnectOptions): Transport;

/**
 * A transport through clients of the AWS SDK for JavaScript v3; those that are not given are made.
 */
export class SdkTransport implements Transport {
  constructor(options?: { clients?: { dynamodb?: object; streams?: object; events?: object }; config?: object });
  /** Through a DynamoDBClient; clients of the other services get its region, credentials and endpoint. */
  static of(client: object): SdkTransport;
  call(service: Service, operation: string, request: object): Promise<any>;
  close(): void;
}

/** Time and chance, so that tests can replace them. */
export interface Environment {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of a clock that never jumps. */
  steady(): number;
  uuid(): string;
  /** From 0 (inclusive) to 1 (exclusive). */
  random(): number;
  /** Resolves after so many milliseconds, or when the signal is aborted. Never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
