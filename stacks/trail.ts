/** A trail of management events that write: without one, EventBridge receives no API call events. */
import { cloudtrail, s3 } from "@pulumi/aws";
import { interpolate, jsonStringify } from "@pulumi/pulumi";
import { physicalName } from "./names.ts";
import type { Place } from "./place.ts";

/** Holdfast does not read the records in S3: they expire after a day, the minimum. */
const retentionDays = 1;

export function createTrail(place: Place): cloudtrail.Trail {
  const options = { parent: place.parent };
  const name = physicalName("aws:cloudtrail/trail:Trail", `${place.prefix}-holdfast`);
  const bucket = new s3.Bucket(`${place.name}-trail`, { forceDestroy: true, tags: place.tags }, options);
  const expiration = { days: retentionDays };
  const rules = [{ id: "expire", status: "Enabled", filter: { prefix: "" }, expiration }];
  new s3.BucketLifecycleConfiguration(`${place.name}-trail-expiry`, { bucket: bucket.id, rules }, options);
  new s3.BucketPublicAccessBlock(
    `${place.name}-trail-privacy`,
    {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    options,
  );
  const trailArn = interpolate`arn:${place.partition}:cloudtrail:${place.region}:${place.accountId}:trail/${name}`;
  const statement = (sid: string, action: string, resource: unknown, more: object) => ({
    Sid: sid,
    Effect: "Allow",
    Principal: { Service: "cloudtrail.amazonaws.com" },
    Action: action,
    Resource: resource,
    Condition: { StringEquals: { "aws:SourceArn": trailArn, ...more } },
  });
  const objects = interpolate`${bucket.arn}/AWSLogs/${place.accountId}/*`;
  const policy = jsonStringify({
    Version: "2012-10-17",
    Statement: [
      statement("CheckAcl", "s3:GetBucketAcl", bucket.arn, {}),
      statement("Write", "s3:PutObject", objects, { "s3:x-amz-acl": "bucket-owner-full-control" }),
    ],
  });
  const allowed = new s3.BucketPolicy(`${place.name}-trail-policy`, { bucket: bucket.id, policy }, options);
  return new cloudtrail.Trail(
    `${place.name}-trail`,
    {
      name,
      s3BucketName: bucket.id,
      isMultiRegionTrail: false,
      includeGlobalServiceEvents: false,
      eventSelectors: [{ readWriteType: "WriteOnly", includeManagementEvents: true }],
      tags: place.tags,
    },
    { ...options, dependsOn: [allowed] },
  );
}
