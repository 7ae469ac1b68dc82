using System.Buffers.Binary;
using Coterie.Reports;
using Coterie.Tests.Support;

namespace Coterie.Tests.Reports;

public class ReportPlotsTests
{
    [Theory]
    [InlineData("shop", 5)]
    [InlineData("short", 4)]
    [InlineData("none", 2)]
    [InlineData("hostile", 7)]
    [InlineData("deep", 7)]
    [InlineData("twelve", 5)]
    public void EveryPlotThatTheReportHasDataFor_IsAPngOfDoubleResolution(string name, int count)
    {
        using var folder = new TemporaryFolder();
        var plots = ReportPlots.Write(ReportJsonTests.Named(name), folder.File("plots"));
        Assert.Equal(count, plots.Files.Count);
        Assert.Equal(plots.Files.Order(), Directory.GetFiles(folder.File("plots")).Order());
        foreach (var file in plots.Files)
        {
            var bytes = File.ReadAllBytes(file);
            Assert.Equal([0x89, 0x50, 0x4E, 0x47], bytes[..4]);
            Assert.InRange(BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), 900, 4000);
            Assert.True(OutputNames.IsOurs("plots/" + Path.GetFileName(file)));
        }
    }

    [Fact]
    public void TheSameReport_GivesTheSamePixels()
    {
        using var folder = new TemporaryFolder();
        var a = ReportPlots.Write(Some.Report(), folder.File("a"));
        var b = ReportPlots.Write(Some.Report(), folder.File("b"));
        foreach (var (x, y) in a.Files.Zip(b.Files)) Assert.Equal(File.ReadAllBytes(x), File.ReadAllBytes(y));
    }

    [Fact]
    public void ThatLabelsStayEnglish_IsSaid()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(ReportPlots.Write(Some.NoStructure(), folder.Path, "zh").Notes, n => n.Contains("English"));
    }
}
