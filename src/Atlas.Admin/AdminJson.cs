using System.Text.Json.Serialization;
using Atlas.Admin.Orders;
using Atlas.Admin.Reloads;
using Atlas.Admin.Reports;
using Atlas.Admin.Upgrades;

namespace Atlas.Admin;

/// <summary>The JSON of the admin API, without reflection. Keys are written as in the configuration: with
/// underscores.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(AdminStateNames)])]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(ServerReport))]
[JsonSerializable(typeof(EventReport))]
[JsonSerializable(typeof(IReadOnlyList<CertificateReport>))]
[JsonSerializable(typeof(IReadOnlyList<AuthorityReport>))]
[JsonSerializable(typeof(ReloadReport))]
[JsonSerializable(typeof(ReloadBody))]
[JsonSerializable(typeof(UpgradeReport))]
[JsonSerializable(typeof(UpgradeBody))]
[JsonSerializable(typeof(OrderBody))]
[JsonSerializable(typeof(ProbeAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
internal sealed partial class AdminJson : JsonSerializerContext;
