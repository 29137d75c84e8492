/** Where the official documents come from, by their folder in ../shared/specs, with the version that the tests were written against. */
export const SOURCES: Readonly<Record<string, string>> = {
  'amazon-sp-api': 'github.com/amzn/selling-partner-api-models, models/ at 34dc93f (Apache-2.0)',
  canva: 'github.com/canva-sdks/canva-connect-api-starter-kit, openapi/spec.yml at 6b4ab3f (Canva only)',
  'google-ads':
    'github.com/googleapis/googleapis, google/ads/googleads/v25 as v25/, in the copy of npm google-ads-node@25.1.0 (Apache-2.0); npm google-ads-api@25.1.0, autogen/fields.js as gaql_fields_v25.js (MIT)',
  'google-analytics':
    'google-api-python-client 2.201.0, discovery_cache/documents: analyticsdata.v1beta, analyticsadmin.v1beta (Apache-2.0)',
  'google-searchconsole': 'google-api-python-client 2.201.0, discovery_cache/documents: searchconsole.v1 (Apache-2.0)',
  'google-workspace':
    'google-api-python-client 2.201.0, discovery_cache/documents: drive.v3, docs.v1, sheets.v4, calendar.v3, oauth2.v2 (Apache-2.0)',
  jira: 'dac-static.atlassian.com/cloud/jira/platform/swagger-v3.v3.json, in the copy of September 2025 at github.com/cfdude/mcp-jira 8bc7903 (Apache-2.0)',
  meta: 'github.com/facebook/facebook-business-sdk-codegen, api_specs/specs as api_specs/ at ad2b0b6 (Meta Platform License)',
  openai: 'github.com/openai/openai-openapi, openapi.yaml at f85dbe2 (MIT)',
  resend: 'github.com/resend/resend-openapi, resend.yaml at fd6f395 (MIT)',
  stripe:
    'github.com/stripe/openapi, openapi/spec3.yaml at 96f3704 as spec3.2023-09-13.yaml, openapi/fixtures3.json at f6c2a48 (MIT)',
  threads:
    'github.com/fbsamples/threads_api, postman/threads-api.postman_collection.json at 44df04d (Meta Platform License)',
  whatsapp: 'github.com/facebook/openapi, business-messaging-api_v23.0.yaml at ecba623 (MIT)',
  x: 'github.com/xdevplatform/xdk, specs/openapi.json at 84c2654 as openapi-xdk-mit.json (MIT)',
  youtube: 'google-api-python-client 2.201.0, discovery_cache/documents: youtube.v3, youtubeAnalytics.v2 (Apache-2.0)',
};
