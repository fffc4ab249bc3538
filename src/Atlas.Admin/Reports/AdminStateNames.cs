using System.Text.Json;
using System.Text.Json.Serialization;
using Atlas.Core.Health;

namespace Atlas.Admin.Reports;

/// <summary>How the API writes an <see cref="AdminState"/>: <c>ready</c>, <c>drain</c>, <c>maintenance</c>.</summary>
internal sealed class AdminStateNames() : JsonStringEnumConverter<AdminState>(JsonNamingPolicy.SnakeCaseLower);
