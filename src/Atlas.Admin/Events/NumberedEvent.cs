using Atlas.Admin.Reports;

namespace Atlas.Admin.Events;

/// <summary>An event and its number, from 1 since the process started.</summary>
internal sealed record NumberedEvent(long Number, EventReport Report);
