using Atlas.Integration.Tests.Wire;
using Atlas.Protocols.Http1;

namespace Atlas.Integration.Tests.Strictness;

/// <summary>An Atlas that repairs all that can be, as <c>strictness: defensive</c> and <c>monitor</c> have it.</summary>
public sealed class RepairingSetting() : TableSetting(new AtlasOptions { Repairs = RequestRepairs.All });
